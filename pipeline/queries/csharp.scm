; What a C# file consists of; the captures are explained in pipeline/languages.py.

(namespace_declaration name: (_) @name) @scope.module
(compilation_unit (file_scoped_namespace_declaration name: (_) @name)) @scope.module
(class_declaration name: (_) @name [body: (_) @body ";" @tail]) @definition.class
(struct_declaration name: (_) @name [body: (_) @body ";" @tail]) @definition.class
(interface_declaration name: (_) @name [body: (_) @body ";" @tail]) @definition.class
(record_declaration name: (_) @name [body: (_) @body ";" @tail]) @definition.class
(enum_declaration name: (_) @name [body: (_) @body ";" @tail]) @definition.class
(delegate_declaration name: (_) @name ";" @tail) @definition.class

; A property is a method where it has code.
(method_declaration (explicit_interface_specifier . (_) @qualifier)? name: (_) @name
  [body: (block) @body body: (arrow_expression_clause) @tail ";" @tail]) @definition.method
(constructor_declaration name: (_) @name
  [body: (block) @body body: (arrow_expression_clause) @tail ";" @tail]) @definition.method
(destructor_declaration "~" @name . name: (_) @name
  [body: (block) @body body: (arrow_expression_clause) @tail ";" @tail]) @definition.method
(operator_declaration "operator" @name operator: _ @name
  [body: (block) @body body: (arrow_expression_clause) @tail ";" @tail]) @definition.method
(conversion_operator_declaration "operator" @name type: (_) @name
  [body: (block) @body body: (arrow_expression_clause) @tail ";" @tail]) @definition.method
(local_function_statement name: (_) @name
  [body: (block) @body body: (arrow_expression_clause) @tail ";" @tail]) @definition.function
(indexer_declaration (explicit_interface_specifier . (_) @qualifier)? "this" @name
  [accessors: (_) @body value: (_) @tail]) @definition.method
(property_declaration (explicit_interface_specifier . (_) @qualifier)? name: (_) @name
  [accessors: (accessor_list (accessor_declaration body: (_))) @body value: (arrow_expression_clause) @tail]
  ) @definition.method
(event_declaration (explicit_interface_specifier . (_) @qualifier)? name: (_) @name accessors: (_) @body
  ) @definition.method

(using_directive) @import
(comment) @note

(_ parameters: [(parameter_list (parameter type: (_) @type name: (_) @parameter))
  (bracketed_parameter_list (parameter type: (_) @type name: (_) @parameter))]) @of
(_ parameters: [(parameter_list (parameter name: (_) @parameter "=" . (_) @default))
  (bracketed_parameter_list (parameter name: (_) @parameter "=" . (_) @default))]) @of
(_ parameters: [(parameter_list "params" @rest type: (_) @type name: (_) @parameter)
  (bracketed_parameter_list "params" @rest type: (_) @type name: (_) @parameter)]) @of
([(class_declaration (parameter_list (parameter type: (_) @type name: (_) @parameter)))
  (struct_declaration (parameter_list (parameter type: (_) @type name: (_) @parameter)))
  (record_declaration (parameter_list (parameter type: (_) @type name: (_) @parameter)))] @of)
([(class_declaration (parameter_list (parameter name: (_) @parameter "=" . (_) @default)))
  (struct_declaration (parameter_list (parameter name: (_) @parameter "=" . (_) @default)))
  (record_declaration (parameter_list (parameter name: (_) @parameter "=" . (_) @default)))] @of)
([(class_declaration (parameter_list "params" @rest type: (_) @type name: (_) @parameter))
  (struct_declaration (parameter_list "params" @rest type: (_) @type name: (_) @parameter))
  (record_declaration (parameter_list "params" @rest type: (_) @type name: (_) @parameter))] @of)
(method_declaration returns: (_) @returns) @of
(local_function_statement type: (_) @returns) @of
(operator_declaration type: (_) @returns) @of
(conversion_operator_declaration type: (_) @returns) @of
(indexer_declaration type: (_) @returns) @of
(property_declaration type: (_) @returns) @of
(delegate_declaration type: (_) @returns) @of
(return_statement (_) @gives)
((method_declaration returns: (_) @_type body: (arrow_expression_clause "=>" @gives)) (#not-eq? @_type "void"))
((local_function_statement type: (_) @_type body: (arrow_expression_clause "=>" @gives)) (#not-eq? @_type "void"))
(operator_declaration (arrow_expression_clause "=>" @gives))
(conversion_operator_declaration (arrow_expression_clause "=>" @gives))
(indexer_declaration (arrow_expression_clause "=>" @gives))
(property_declaration (arrow_expression_clause "=>" @gives))
(accessor_declaration (arrow_expression_clause "=>" @gives))
(yield_statement "return" @yields)
[(lambda_expression) (anonymous_method_expression)] @closure

(throw_statement . "throw" . ";") @raise
(throw_statement (object_creation_expression type: (_) @raised)) @raise
(throw_expression (object_creation_expression type: (_) @raised)) @raise
(throw_statement (identifier) @bound) @raise
(catch_clause) @handler
(catch_clause (catch_declaration type: (_) @caught)) @handler
(catch_clause (catch_declaration name: (_) @bound)) @handler

(block) @block
