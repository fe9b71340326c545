; What TypeScript has beyond ecmascript.scm; the captures are explained in pipeline/languages.py.

(abstract_class_declaration name: (_) @name body: (_) @body) @definition.class
(interface_declaration name: (_) @name body: (_) @body) @definition.class
(enum_declaration name: (_) @name body: (_) @body) @definition.class
(type_alias_declaration name: (_) @name "=" @tail value: (object_type) @body) @definition.class
(internal_module name: (_) @name) @scope.module
(module name: [(identifier) @name (nested_identifier) @name (string (string_fragment) @name)]) @scope.module

(function_signature name: (_) @name ";"? @tail) @definition.function
(class_body [(method_signature name: (_) @name) (abstract_method_signature name: (_) @name)] @definition.method)
(interface_body (method_signature name: (_) @name) @definition.method)
(type_alias_declaration value: (object_type (method_signature name: (_) @name) @definition.method))
(public_field_definition name: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)] @definition.function) @head

(public_field_definition value: (_) @part) @whole
(ambient_declaration (_) @part) @whole
(expression_statement (internal_module) @part) @whole

(_ parameters: (formal_parameters [
  (required_parameter pattern: [(identifier) (object_pattern) (array_pattern)] @parameter
    type: (type_annotation (_) @type)? value: (_)? @default)
  (optional_parameter pattern: [(identifier) (object_pattern) (array_pattern)] @parameter
    type: (type_annotation (_) @type)? value: (_)? @default)
  (required_parameter pattern: (rest_pattern "..." @rest (_) @parameter) type: (type_annotation (_) @type)?)])) @of
(_ return_type: [
  (type_annotation (_) @returns) (type_predicate_annotation (_) @returns) (asserts_annotation (_) @returns)]) @of
