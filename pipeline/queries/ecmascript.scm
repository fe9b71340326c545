; What JavaScript and TypeScript have in common; the captures are explained in pipeline/languages.py.

(function_declaration name: (identifier) @name body: (_) @body) @definition.function
(generator_function_declaration name: (identifier) @name body: (_) @body) @definition.function
(method_definition name: (_) @name body: (_) @body) @definition.function
(class_declaration name: (_) @name body: (_) @body) @definition.class

; A function in an expression is named by what it is assigned to, or else by itself.
(variable_declarator name: (identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)
    (generator_function body: (_) @body)] @definition.function) @head
(assignment_expression left: [(identifier) (member_expression)] @name
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)
    (generator_function body: (_) @body)] @definition.function) @head
(pair key: [(property_identifier) @name (string (string_fragment) @name)]
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)
    (generator_function body: (_) @body)] @definition.function) @head
(export_statement "default" @name
  value: [(arrow_function body: (_) @body) (function_expression !name body: (_) @body)
    (generator_function !name body: (_) @body)] @definition.function) @head
(function_expression name: (_) @name body: (_) @body) @definition.function
(generator_function name: (_) @name body: (_) @body) @definition.function
((variable_declarator name: (identifier) @name value: (call_expression function: (_) @_wrapper
  arguments: (arguments . [(arrow_function body: (_) @body) (function_expression !name body: (_) @body)]
    @definition.function))) @head (#match? @_wrapper "^(React\\.)?(memo|forwardRef)$"))
[(arrow_function) (function_expression) (generator_function)] @closure

(variable_declarator name: (identifier) @name value: (class body: (_) @body) @definition.class) @head
(assignment_expression left: [(identifier) (member_expression)] @name
  right: (class body: (_) @body) @definition.class) @head
(export_statement "default" @name value: (class !name body: (_) @body) @definition.class) @head
(class name: (_) @name body: (_) @body) @definition.class

; What stands in an object is named by where that is.
(variable_declarator name: (identifier) @name value: (object) @scope.class)
(assignment_expression left: [(identifier) (member_expression)] @name right: (object) @scope.class)
(pair key: [(property_identifier) @name (string (string_fragment) @name)] value: (object) @scope.class)

; Only what a unit is, or is around one, belongs to a whole.
(variable_declarator value: [(arrow_function) (function_expression) (generator_function) (class)
  (assignment_expression)] @part) @whole
([(lexical_declaration . (variable_declarator value: [(arrow_function) (function_expression) (generator_function)
    (class) (assignment_expression) (call_expression)]) @part .)
  (variable_declaration . (variable_declarator value: [(arrow_function) (function_expression) (generator_function)
    (class) (assignment_expression) (call_expression)]) @part .)] @whole)
(assignment_expression right: [(arrow_function) (function_expression) (generator_function) (class)
  (assignment_expression)] @part) @whole
(expression_statement (assignment_expression right: [(arrow_function) (function_expression) (generator_function) (class)
  (assignment_expression)]) @part) @whole
(pair value: [(arrow_function) (function_expression) (generator_function) (class) (assignment_expression)] @part) @whole
(export_statement declaration: (_) @part) @whole
(export_statement value: (_) @part) @whole
((variable_declarator value: (call_expression function: (_) @_wrapper
  arguments: (arguments . [(arrow_function) (function_expression !name)] @part))) @whole
  (#match? @_wrapper "^(React\\.)?(memo|forwardRef)$"))

(import_statement) @import
(comment) @note
(decorator) @lead

(arrow_function parameter: (identifier) @parameter) @of
(return_statement (_) @gives)
(arrow_function "=>" @gives body: (expression))
(yield_expression) @yields

(throw_statement (new_expression constructor: (_) @raised)) @raise
(throw_statement (identifier) @bound) @raise
(catch_clause parameter: (identifier) @bound) @handler

(if_statement consequence: (statement_block) @block)
(else_clause (statement_block) @block)
(for_statement body: (statement_block) @block)
(for_in_statement body: (statement_block) @block)
(while_statement body: (statement_block) @block)
(do_statement body: (statement_block) @block)
(try_statement body: (statement_block) @block)
(catch_clause body: (statement_block) @block)
(finally_clause body: (statement_block) @block)
