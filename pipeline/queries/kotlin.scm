; What a Kotlin file consists of; the captures are explained in pipeline/languages.py.

(source_file (package_header (_) @name)) @scope.module
(class_declaration name: (_) @name [(class_body) (enum_class_body)]? @body) @definition.class
(object_declaration name: (_) @name (class_body)? @body) @definition.class
(companion_object name: (_) @name (class_body)? @body) @definition.class
(function_declaration [(user_type) @qualifier (nullable_type (user_type) @qualifier)]? . name: (_) @name
  (function_body)? @body) @definition.function
(secondary_constructor "constructor" @name (block)? @body) @definition.method

; A property is a function where it has code.
(property_declaration [(user_type) @qualifier (nullable_type (user_type) @qualifier)]? .
  (variable_declaration . (identifier) @name)
  [(getter (function_body)) (setter (function_body))] @tail) @definition.function

; What stands in the body of a constant or a new object is named by that.
(enum_entry . (identifier) @name (class_body)) @scope.class
(object_literal (delegation_specifiers . (delegation_specifier
  [(user_type . (identifier) @name) (constructor_invocation (user_type . (identifier) @name))]))) @scope.class

(import) @import
[(line_comment) (block_comment)] @note

(_ (function_value_parameters (parameter . (identifier) @parameter ":" . (_) @type))) @of
(_ (function_value_parameters (parameter . (identifier) @parameter) . "=" . (_) @default)) @of
(_ (function_value_parameters
  (parameter_modifiers (parameter_modifier "vararg") @rest) . (parameter . (identifier) @parameter))) @of
(class_declaration (primary_constructor (class_parameters
  (class_parameter (identifier) @parameter ":" . (_) @type)))) @of
(class_declaration (primary_constructor (class_parameters
  (class_parameter (identifier) @parameter "=" . (_) @default)))) @of
(class_declaration (primary_constructor (class_parameters
  (class_parameter (modifiers (parameter_modifier "vararg") @rest) (identifier) @parameter)))) @of
(function_declaration (function_value_parameters) . ":" . (_) @returns) @of
(property_declaration (variable_declaration ":" . (_) @returns) [(getter) (setter)]) @of
(return_expression !label (_) @gives)
(function_declaration (function_body "=" @gives))
(getter (function_body "=" @gives))
(anonymous_function) @closure

(throw_expression (call_expression . [(identifier) (navigation_expression)] @raised)) @raise
(throw_expression (identifier) @bound) @raise
(catch_block (identifier) @bound (user_type) @caught) @handler
((annotation (constructor_invocation (user_type) @_throws (value_arguments (value_argument
  (navigation_expression . (_) @raised "::"))))) @raise (#match? @_throws "Throws$"))

(block) @block
(function_body) @block
