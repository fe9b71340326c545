; What a Java file consists of; the captures are explained in pipeline/languages.py.

(program (package_declaration [(identifier) (scoped_identifier)] @name)) @scope.module
(class_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.class
(enum_declaration name: (_) @name body: (_) @body) @definition.class
(record_declaration name: (_) @name body: (_) @body) @definition.class
(annotation_type_declaration name: (_) @name body: (_) @body) @definition.class
(method_declaration name: (_) @name [body: (_) @body ";" @tail]) @definition.method
(constructor_declaration name: (_) @name body: (_) @body) @definition.method
(compact_constructor_declaration name: (_) @name body: (_) @body) @definition.method
(annotation_type_element_declaration name: (_) @name ";" @tail) @definition.method

; What stands in the body of a constant or a new object is named by that.
(enum_constant name: (_) @name body: (_)) @scope.class
(object_creation_expression
  type: [(type_identifier) @name (scoped_type_identifier) @name (generic_type . (_) @name)] (class_body) @scope.class)

(import_declaration) @import
[(line_comment) (block_comment)] @note

(_ parameters: (formal_parameters (formal_parameter type: (_) @type name: (_) @parameter))) @of
(_ parameters: (formal_parameters
  (spread_parameter (_) @type . "..." @rest . (variable_declarator name: (_) @parameter)))) @of
(method_declaration type: (_) @returns) @of
(annotation_type_element_declaration type: (_) @returns value: (_)?) @of
(return_statement (_) @gives)
(lambda_expression) @closure

(throws (_) @raised @raise)
(throw_statement (object_creation_expression type: (_) @raised)) @raise
(throw_statement (identifier) @bound) @raise
(catch_clause (catch_formal_parameter (catch_type (_) @caught) name: (_) @bound)) @handler

(block) @block
