; What a Go file consists of; the captures are explained in pipeline/languages.py.

(source_file (package_clause (package_identifier) @name)) @scope.module
(function_declaration name: (_) @name body: (_) @body) @definition.function
(function_declaration name: (_) @name !body) @definition.function
(method_declaration receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @qualifier (generic_type type: (_) @qualifier)
    (pointer_type [(type_identifier) @qualifier (generic_type type: (_) @qualifier)])]))
  name: (_) @name body: (_) @body) @definition.method
(method_elem name: (_) @name) @definition.method

; A defined type, alone or in a group: only alone does it stand right behind its keyword. The body of an interface is
; no node.
(type_declaration "type" . (type_spec name: (_) @name
  type: [(struct_type (_) @body) (interface_type "{" @tail) (type_identifier) (qualified_type) (pointer_type)
    (array_type) (slice_type) (map_type) (channel_type) (function_type) (generic_type) (parenthesized_type)]
  ) @definition.class) @head
(type_declaration "(" (type_spec name: (_) @name
  type: [(struct_type (_) @body) (interface_type "{" @tail) (type_identifier) (qualified_type) (pointer_type)
    (array_type) (slice_type) (map_type) (channel_type) (function_type) (generic_type) (parenthesized_type)]
  ) @definition.class)
(type_declaration "type" . (type_spec) @part) @whole

(import_declaration "import" @import [(import_spec) @import (import_spec_list (import_spec) @import)])
(comment) @note

([(function_declaration parameters: (parameter_list (parameter_declaration name: (_) @parameter type: (_) @type)))
  (method_declaration parameters: (parameter_list (parameter_declaration name: (_) @parameter type: (_) @type)))
  (method_elem parameters: (parameter_list (parameter_declaration name: (_) @parameter type: (_) @type)))] @of)
([(function_declaration parameters: (parameter_list
    (variadic_parameter_declaration name: (_) @parameter "..." @rest type: (_) @type)))
  (method_declaration parameters: (parameter_list
    (variadic_parameter_declaration name: (_) @parameter "..." @rest type: (_) @type)))
  (method_elem parameters: (parameter_list
    (variadic_parameter_declaration name: (_) @parameter "..." @rest type: (_) @type)))] @of)

; What declares a result and has a body returns one.
(function_declaration result: (_) @returns @gives body: (_)) @of
(function_declaration result: (_) @returns !body) @of
(method_declaration result: (_) @returns @gives) @of
(method_elem result: (_) @returns) @of
(func_literal) @closure

(block) @block
