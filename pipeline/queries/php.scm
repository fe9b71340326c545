; What a PHP file consists of; the captures are explained in pipeline/languages.py.

(program (namespace_definition name: (_) @name !body)) @scope.module
(namespace_definition name: (_) @name body: (_) @body) @scope.module
(function_definition name: (_) @name body: (_) @body) @definition.function
(method_declaration name: (_) @name body: (_) @body) @definition.method
(method_declaration name: (_) @name !body) @definition.method
(class_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.class
(trait_declaration name: (_) @name body: (_) @body) @definition.class
(enum_declaration name: (_) @name body: (_) @body) @definition.class
(anonymous_class body: (_) @body) @scope.class

(namespace_use_declaration) @import
(comment) @note

([(function_definition parameters: (formal_parameters
    [(simple_parameter name: (_) @parameter) (property_promotion_parameter name: (_) @parameter)
    (variadic_parameter "..." @rest name: (_) @parameter)]))
  (method_declaration parameters: (formal_parameters
    [(simple_parameter name: (_) @parameter) (property_promotion_parameter name: (_) @parameter)
    (variadic_parameter "..." @rest name: (_) @parameter)]))] @of)
([(function_definition parameters: (formal_parameters (_ type: (_) @type name: (_) @parameter)))
  (method_declaration parameters: (formal_parameters (_ type: (_) @type name: (_) @parameter)))] @of)
([(function_definition parameters: (formal_parameters (_ name: (_) @parameter default_value: (_) @default)))
  (method_declaration parameters: (formal_parameters (_ name: (_) @parameter default_value: (_) @default)))] @of)
[(function_definition return_type: (_) @returns) (method_declaration return_type: (_) @returns)] @of
(return_statement (_) @gives)
(yield_expression) @yields
[(anonymous_function) (arrow_function)] @closure

(throw_expression (object_creation_expression [(name) (qualified_name)] @raised)) @raise
(throw_expression (variable_name) @bound) @raise
(catch_clause type: (type_list (named_type (_) @caught))) @handler
(catch_clause name: (_) @bound) @handler

(compound_statement) @block
