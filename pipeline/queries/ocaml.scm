; What an OCaml file consists of, .ml or .mli; the captures are explained in pipeline/languages.py.

(let_binding pattern: [(value_name) (parenthesized_operator)] @name (parameter) "=" @gives body: (_) @body)
  @definition.function
(let_binding pattern: [(value_name) (parenthesized_operator)] @name . [":" "="] type: (_)?
  body: (fun_expression "->" @gives body: (_) @body) @definition.function @tail) @head
(let_binding pattern: [(value_name) (parenthesized_operator)] @name . [":" "="] type: (_)?
  body: (function_expression . (match_case "->" @gives)) @definition.function @tail) @head
(let_binding body: [(fun_expression) (function_expression)] @part) @whole
(external [(value_name) (parenthesized_operator)] @name) @definition.function
(value_specification [(value_name) (parenthesized_operator)] @name) @definition.function
(method_definition (method_name) @name "="? @gives body: (_)? @body) @definition.method
(method_specification (method_name) @name) @definition.method

(module_binding (module_name) @name body: (structure) @tail) @definition.module
(module_binding (module_name) @name ":" @tail . module_type: (signature)) @definition.module
(module_type_definition (module_type_name) @name body: (signature)? @tail) @definition.class
(class_binding (class_name) @name body: (_)? @tail) @definition.class
(class_type_binding (class_type_name) @name body: (_)? @tail) @definition.class
(type_binding name: (type_constructor) @name body: [(variant_declaration) (record_declaration)]? @tail)
  @definition.class
(exception_definition (constructor_declaration (constructor_name) @name)) @definition.class

; `let`, `and`, `type` stand before one of several bindings.
(value_definition ["let" "rec" "and" "%" (attribute_id) (attribute)] @lead)
(module_definition ["module" "rec" "and" (attribute)] @lead)
(class_definition ["class" "and" (attribute)] @lead)
(class_type_definition ["class" "type" "and" (attribute)] @lead)
(type_definition ["type" "nonrec" "and" (attribute)] @lead)

(open_module) @import
(comment) @note
((comment) @remark (#match? @remark "^\\(\\*\\*[^*)]"))

(_ (parameter . (label_name) @parameter type: (_)? @type default: (_)? @default)) @of
(_ (parameter . pattern: [(value_pattern) (any_pattern) (constructor_path) (tag) (string) (number) (boolean)
    (parenthesized_pattern) (tuple_pattern) (record_pattern) (list_pattern) (array_pattern) (package_pattern)
    (alias_pattern) (local_open_pattern)] @parameter
  type: (_)? @type default: (_)? @default)) @of
(_ (parameter . pattern: (typed_pattern pattern: (_) @parameter type: (_) @type))) @of
(let_binding (parameter) . type: (_) @returns) @of
(let_binding pattern: (_) . type: [(function_type) @curried (polymorphic_type type: (function_type) @curried)]
  body: [(fun_expression) (function_expression)] @of)
(method_definition type: (_) @returns) @of
(method_definition (method_name) . type: (function_type) @curried) @of
(method_specification type: [(function_type) @curried (polymorphic_type type: (function_type) @curried)]) @of
(value_specification type: [(function_type) @curried (polymorphic_type type: (function_type) @curried)]) @of
(external type: (function_type) @curried) @of
(labeled_argument_type (label_name) @parameter type: (_) @type) @of
[(fun_expression) (function_expression)] @closure

((application_expression function: (value_path (value_name) @_raise) argument: [
    (constructor_path) @raised
    (parenthesized_expression
      [(constructor_path) @raised (application_expression function: (constructor_path) @raised)])
    (value_path) @bound]) @raise
  (#any-of? @_raise "raise" "raise_notrace"))
((infix_expression left: (value_path (value_name) @_raise)
    right: (application_expression function: (constructor_path) @raised)) @raise
  (#any-of? @_raise "raise" "raise_notrace"))
(try_expression (match_case pattern: (constructor_path) @caught) @handler)
(try_expression (match_case pattern: (constructor_pattern (constructor_path) @caught)) @handler)
(try_expression (match_case pattern: (alias_pattern pattern: [(constructor_path) @caught
  (constructor_pattern (constructor_path) @caught)] alias: (_) @bound)) @handler)

(then_clause expression: (_) @block)
(else_clause expression: (_) @block)
(match_case body: (_) @block)
(let_binding body: [(let_expression) (sequence_expression) (match_expression)] @block)
