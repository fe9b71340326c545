; What a Rust file consists of; the captures are explained in pipeline/languages.py.

(function_item name: (_) @name body: (_) @body) @definition.function
(function_signature_item name: (_) @name) @definition.function
(struct_item name: (_) @name body: (field_declaration_list) @body) @definition.class
(struct_item name: (_) @name body: (ordered_field_declaration_list)) @definition.class
(struct_item name: (_) @name !body) @definition.class
(enum_item name: (_) @name body: (_) @body) @definition.class
(union_item name: (_) @name body: (_) @body) @definition.class
(trait_item name: (_) @name body: (_) @body) @definition.class
(macro_definition name: (_) @name ["{" "(" "["] @tail) @definition.function

(mod_item name: (_) @name body: (_) @body) @scope.module
(impl_item type: [(generic_type type: (_) @name) (type_identifier) @name (scoped_type_identifier) @name
  (primitive_type) @name (reference_type) @name (tuple_type) @name (unit_type) @name (never_type) @name
  (array_type) @name (pointer_type) @name (function_type) @name (dynamic_type) @name (abstract_type) @name
  (macro_invocation) @name (metavariable) @name] body: (_) @body) @scope.class

[(use_declaration) (extern_crate_declaration)] @import
[(line_comment) (block_comment)] @note
(attribute_item) @lead

([(function_item parameters: (parameters [(parameter pattern: (_) @parameter type: (_) @type)
    (self_parameter) @parameter]))
  (function_signature_item parameters: (parameters [(parameter pattern: (_) @parameter type: (_) @type)
    (self_parameter) @parameter]))] @of)
(function_signature_item return_type: (_) @returns) @of

; A function that declares a value returns one; what stands last in its body, if nothing else does.
(function_item return_type: [(unit_type) (never_type)] @returns) @of
((function_item return_type: (_) @returns @gives) @of (#not-match? @returns "^(\\(\\s*\\)|!)$"))
[(closure_expression) (async_block)] @closure

(block) @block
