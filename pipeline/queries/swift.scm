; What a Swift file consists of; the captures are explained in pipeline/languages.py.

(class_declaration declaration_kind: ["class" "struct" "enum" "actor"] name: (_) @name body: (_) @body
  ) @definition.class
(class_declaration declaration_kind: "extension" name: (_) @name) @scope.class
(protocol_declaration name: (_) @name body: (_) @body) @definition.class
(function_declaration "func" . name: _ @name body: (_) @body) @definition.function
(protocol_function_declaration "func" . name: _ @name) @definition.method
(init_declaration "init" @name body: (_)? @body) @definition.method
(deinit_declaration "deinit" @name body: (_) @body) @definition.method
(subscript_declaration "subscript" @name (computed_property) @body) @definition.method
(macro_declaration "macro" . (_) @name definition: (_)? @tail) @definition.function

; A property is a function where it is computed.
(property_declaration name: (pattern bound_identifier: (_) @name) computed_value: (_) @body) @definition.function

(import_declaration) @import
[(comment) (multiline_comment)] @note

(_ (parameter name: (simple_identifier) @parameter name: (_) @type "..."? @rest)) @of
(_ (parameter name: (simple_identifier) @parameter) . default_value: (_) @default) @of
(function_declaration "->" . (_) @returns) @of
(protocol_function_declaration "->" . (_) @returns) @of
(subscript_declaration "->" . (_) @returns) @of
(macro_declaration "->" . (_) @returns) @of
(property_declaration (type_annotation (_) @returns) computed_value: (_)) @of
(function_declaration "->" @gives body: (_))
(computed_property) @gives
(lambda_literal) @closure

(throws_clause type: (_) @raised @raise)
(control_transfer_statement (throw_keyword) . [(navigation_expression) @raised
  (call_expression . [(simple_identifier) (navigation_expression)] @raised)]) @raise
(control_transfer_statement (throw_keyword) . (simple_identifier) @bound) @raise
(catch_block) @handler
(catch_block error: (pattern (pattern bound_identifier: (_) @bound) name: (user_type) @caught)) @handler

(if_statement (statements) @block)
(guard_statement (statements) @block)
(for_statement (statements) @block)
(while_statement (statements) @block)
(repeat_while_statement (statements) @block)
(do_statement (statements) @block)
(catch_block (statements) @block)
(computed_getter (statements) @block)
(computed_setter (statements) @block)
