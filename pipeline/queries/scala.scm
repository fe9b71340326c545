; What a Scala file consists of; the captures are explained in pipeline/languages.py.

(compilation_unit (package_clause name: (_) @name !body)) @scope.module
(package_clause name: (_) @name body: (_)) @scope.module
(class_definition name: (_) @name body: (_)? @body) @definition.class
(trait_definition name: (_) @name body: (_)? @body) @definition.class
(object_definition name: (_) @name body: (_)? @body) @definition.class
(package_object name: (_) @name body: (_)? @body) @definition.class
(enum_definition name: (_) @name body: (_) @body) @definition.class
(given_definition name: (_) @name "with" body: (_) @body) @definition.class
(function_definition name: (_) @name body: (_) @body) @definition.function
(function_declaration name: (_) @name) @definition.function

; What stands in an extension, a new object or a given without a name is named by its type.
(extension_definition parameters: (parameters
  (parameter type: [(type_identifier) @name (generic_type type: (_) @name)]))) @scope.class
(instance_expression . [(type_identifier) @name (generic_type type: (_) @name)
  (compound_type base: [(type_identifier) @name (generic_type type: (_) @name)])] (template_body)) @scope.class
(given_definition !name return_type: (_) @name "with") @scope.class

(import_declaration) @import
[(comment) (block_comment)] @note

(_ parameters: (parameters (parameter name: (_) @parameter type: (_) @type default_value: (_)? @default))) @of
(_ parameters: (parameters (parameter name: (_) @parameter type: (repeated_parameter_type "*" @rest)))) @of
(_ class_parameters: (class_parameters
  (class_parameter name: (_) @parameter type: (_) @type default_value: (_)? @default))) @of
(_ class_parameters: (class_parameters
  (class_parameter name: (_) @parameter type: (repeated_parameter_type "*" @rest)))) @of
(function_definition return_type: (_) @returns) @of
(function_declaration return_type: (_) @returns) @of
((function_definition name: (_) @_name !return_type "=" @gives) (#not-eq? @_name "this"))
((function_definition return_type: (_) @_type "=" @gives) (#not-eq? @_type "Unit"))

(throw_expression (instance_expression . (_) @raised)) @raise
(throw_expression (call_expression function: (_) @raised)) @raise
(throw_expression (identifier) @bound) @raise
(catch_clause (_ (case_clause pattern: (typed_pattern pattern: (_) @bound type: (_) @caught)) @handler))
((annotation name: (_) @_throws arguments: (arguments (generic_function
  type_arguments: (type_arguments (_) @raised)))) @raise (#eq? @_throws "throws"))
((annotation name: (generic_type type: (_) @_throws type_arguments: (type_arguments (_) @raised))) @raise
  (#eq? @_throws "throws"))

(block) @block
(indented_block) @block
