; What files of C and C++ have in common; the captures are explained in pipeline/languages.py.

(preproc_function_def name: (_) @name value: (_) @body) @definition.function
(function_definition declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @name) @declarator)))
  body: (_) @body) @definition.function @of
(declaration declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @name) @declarator)))) @definition.function @prototype @of

(struct_specifier name: (_) @name body: (_) @body) @definition.class
(union_specifier name: (_) @name body: (_) @body) @definition.class
(enum_specifier name: (_) @name body: (_) @body) @definition.class
; With a macro between its keyword and its name, the macro looks like what a function of that name returns.
(function_definition type: [(struct_specifier !body) (union_specifier !body) (enum_specifier !body)]
  declarator: (identifier) @name body: (_) @body) @definition.class
(type_definition type: [(struct_specifier !name body: (_) @body) (union_specifier !name body: (_) @body)
  (enum_specifier !name body: (_) @body)] @definition.class . declarator: (type_identifier) @name) @head
(type_definition
  type: [(struct_specifier body: (_)) (union_specifier body: (_)) (enum_specifier body: (_))] @part) @whole
(declaration type: [(struct_specifier body: (_)) (union_specifier body: (_)) (enum_specifier body: (_))] @part) @whole

(preproc_include "#include" @import path: (_) @import)
(comment) @note

; Errors that are macros: what stands behind one that comes first is the type.
[(function_definition (ERROR . (identifier) .) @skipped) (declaration (ERROR . (identifier) .) @skipped)]
(parameter_declaration type: (type_identifier) @_macro (ERROR . (identifier) .) @skipped
  (#match? @_macro "^[A-Z0-9_]+$"))
(pointer_declarator (ERROR . (identifier) @_macro .) @skipped (#match? @_macro "^[A-Z0-9_]+$"))
(function_definition type: (_) @_macro . (ERROR . (identifier) @returns .) (#match? @_macro "^[A-Z0-9_]+$")) @of
(function_definition type: (_) @returns . (ERROR . (identifier) .) (#not-match? @returns "^[A-Z0-9_]+$")) @of
[(function_definition (type_qualifier) @returns) (declaration (type_qualifier) @returns)] @of

; A type is a declaration without its name, and that stands as deep in its declarator as the type is nested.
(function_declarator parameters: (parameter_list (parameter_declaration declarator: [(identifier) @parameter
  (pointer_declarator declarator: [(identifier) @parameter
    (pointer_declarator declarator: [(identifier) @parameter (pointer_declarator declarator: (identifier) @parameter)])
    (array_declarator declarator: (identifier) @parameter)
    (function_declarator declarator: (parenthesized_declarator (pointer_declarator
      declarator: (identifier) @parameter)))])
  (array_declarator declarator: [(identifier) @parameter (array_declarator declarator: (identifier) @parameter)
    (parenthesized_declarator (pointer_declarator declarator: (identifier) @parameter))])
  (function_declarator declarator: [(identifier) @parameter
    (parenthesized_declarator (pointer_declarator declarator: (identifier) @parameter))])]) @type)) @of
(preproc_function_def parameters: (preproc_params [(identifier) @parameter "..." @parameter])) @of
(return_statement (_) @gives)

(compound_statement) @block
