; What a Haskell file consists of; the captures are explained in pipeline/languages.py. A type signature and the
; equations behind it are clauses of one function. What has no parameters is a unit at the top of a module, a class or
; an instance.

(declarations (signature name: [(variable) @name (prefix_id (_) @name)]) @definition.function)
(class_declarations (signature name: [(variable) @name (prefix_id (_) @name)]) @definition.function)
(class_declarations (signature names: (binding_list . name: (_) @name)) @definition.function)
(class_declarations (default_signature signature: (signature name: [(variable) @name (prefix_id (_) @name)]))
  @definition.function)
(instance_declarations (signature name: [(variable) @name (prefix_id (_) @name)]) @definition.function)
(foreign_import signature: (signature name: (_) @name)) @definition.function
(declarations (signature names: (_)) @lead)
(local_binds (signature) @lead)

(function name: [(variable) @name (prefix_id (_) @name)] match: (match) @tail) @definition.function
(function (infix operator: [(operator) @name (constructor_operator) @name (infix_id (_) @name)]) match: (match) @tail)
  @definition.function
(function (function_head_parens (infix operator: [(operator) @name (constructor_operator) @name (infix_id (_) @name)]))
  match: (match) @tail) @definition.function
(declarations (bind name: [(variable) @name (prefix_id (_) @name)] match: (match) @tail) @definition.function)
(class_declarations (bind name: [(variable) @name (prefix_id (_) @name)] match: (match) @tail) @definition.function)
(instance_declarations (bind name: [(variable) @name (prefix_id (_) @name)] match: (match) @tail) @definition.function)
(pattern_synonym (signature synonym: (constructor) @name)) @definition.function
(pattern_synonym (equation synonym: [(constructor) @name (apply function: [(constructor) @name
  (apply function: [(constructor) @name (apply function: (constructor) @name)])])])) @definition.function

(data_type name: [(name) @name (prefix_id (_) @name)] ["=" "where"]? @tail) @definition.class
(data_type (infix operator: (_) @name) ["=" "where"]? @tail) @definition.class
(newtype name: [(name) @name (prefix_id (_) @name)] ["=" "where"]? @tail) @definition.class
(type_synonym name: [(name) @name (prefix_id (_) @name)]) @definition.class
(type_family name: [(name) @name (prefix_id (_) @name)] "where"? @tail) @definition.class
(data_family name: [(name) @name (prefix_id (_) @name)]) @definition.class
(class name: [(name) @name (prefix_id (_) @name)] "where"? @tail) @definition.class
(class (infix operator: (_) @name) "where"? @tail) @definition.class
(instance name: (_) @qualifier patterns: (_) @name) @scope.class
(data_instance (_) @part) @whole

(import) @import
[(haddock) (comment)] @note
(pragma) @lead
(haskell (header) @place) @documented

(signature type: [(function) @curried (context type: (function) @curried) (forall type: (function) @curried)
  (forall type: (context type: (function) @curried))]) @of
(signature type: [(apply) (name) (variable) (qualified) (list) (tuple) (unit) (parens) (infix)] @returns) @of
(signature type: (context
  type: [(apply) (name) (variable) (qualified) (list) (tuple) (unit) (parens) (infix)] @returns)) @of
(foreign_import signature: (signature type: (function) @curried)) @of
(pattern_synonym (signature type: (function) @curried)) @of
(default_signature signature: (signature type: [(function) @curried (context type: (function) @curried)])) @of
(function patterns: (patterns (_) @parameter)) @of
(function (infix left_operand: (_) @parameter)) @of
(function (infix right_operand: (_) @parameter)) @of
(function (function_head_parens (infix left_operand: (_) @parameter))) @of
(function (function_head_parens (infix right_operand: (_) @parameter))) @of
(function match: (match expression: (_)) @gives)
(bind match: (match expression: (_)) @gives)
(lambda) @closure

((apply function: [(variable) (qualified)] @_throw argument: [(constructor) @raised (qualified) @raised
    (parens [(constructor) @raised (qualified) @raised (apply function: [(constructor) @raised (qualified) @raised
      (apply function: [(constructor) (qualified)] @raised)])])]) @raise
  (#match? @_throw "(^|\\.)throw(IO|M|Error|STM)?$") (#match? @raised "(^|\\.)[A-Z][^.]*$"))
((infix left_operand: [(variable) (qualified)] @_throw operator: (operator) @_of
    right_operand: [(constructor) @raised (qualified) @raised (apply function: [
      (constructor) @raised (qualified) @raised (apply function: [(constructor) (qualified)] @raised)])]) @raise
  (#match? @_throw "(^|\\.)throw(IO|M|Error|STM)?$") (#eq? @_of "$") (#match? @raised "(^|\\.)[A-Z][^.]*$"))

(match expression: (_) @block)
