; What a C++ file consists of beside what is in c_family.scm; the captures are explained in pipeline/languages.py.

(namespace_definition name: (_) @name body: (_) @body) @scope.module
(class_specifier name: (_) @name body: (_) @body) @definition.class
(function_definition type: (class_specifier !body)
  declarator: (identifier) @name body: (_) @body) @definition.class
(declaration type: (class_specifier body: (_)) @part) @whole
(template_declaration [(function_definition) (declaration) (class_specifier) (struct_specifier) (union_specifier)
  (template_declaration)] @part) @whole
(friend_declaration [(function_definition) (declaration)] @part) @whole

; The name of a function stands as deep in its declarator as there are pointers and references in what it returns.
(function_definition declarator:
    [(function_declarator declarator:
      [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
      @name . parameters: (_)) @declarator
    (pointer_declarator "*" @returns declarator:
      [(function_declarator declarator:
        [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
        @name . parameters: (_)) @declarator
      (pointer_declarator "*" @returns declarator:
        (function_declarator declarator:
          [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
          @name . parameters: (_)) @declarator)
      (reference_declarator ["&" "&&"] @returns .
        (function_declarator declarator:
          [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
          @name . parameters: (_)) @declarator)])
    (reference_declarator ["&" "&&"] @returns .
      (function_declarator declarator:
        [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
        @name . parameters: (_)) @declarator)]
  (field_initializer_list)? @tail body: (_)? @body) @definition.function @of
(function_definition declarator:
    [(function_declarator declarator: (qualified_identifier) @name . parameters: (_)) @declarator
    (pointer_declarator "*" @returns declarator:
      [(function_declarator declarator: (qualified_identifier) @name . parameters: (_)) @declarator
      (pointer_declarator "*" @returns declarator:
        (function_declarator declarator: (qualified_identifier) @name . parameters: (_)) @declarator)
      (reference_declarator ["&" "&&"] @returns .
        (function_declarator declarator: (qualified_identifier) @name . parameters: (_)) @declarator)])
    (reference_declarator ["&" "&&"] @returns .
      (function_declarator declarator: (qualified_identifier) @name . parameters: (_)) @declarator)]
  (field_initializer_list)? @tail body: (_)? @body) @definition.method @of
(declaration type: [(primitive_type) (type_identifier) (sized_type_specifier) (struct_specifier)
    (class_specifier) (union_specifier) (enum_specifier) (qualified_identifier) (template_type) (dependent_type)
    (decltype)]? @returns declarator:
    [(function_declarator declarator:
      [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
      @name . parameters: (_)) @declarator
    (pointer_declarator "*" @returns declarator:
      [(function_declarator declarator:
        [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
        @name . parameters: (_)) @declarator
      (pointer_declarator "*" @returns declarator:
        (function_declarator declarator:
          [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
          @name . parameters: (_)) @declarator)
      (reference_declarator ["&" "&&"] @returns .
        (function_declarator declarator:
          [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
          @name . parameters: (_)) @declarator)])
    (reference_declarator ["&" "&&"] @returns .
      (function_declarator declarator:
        [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
        @name . parameters: (_)) @declarator)]) @definition.function @prototype @of
(field_declaration type: [(primitive_type) (type_identifier) (sized_type_specifier) (struct_specifier)
    (class_specifier) (union_specifier) (enum_specifier) (qualified_identifier) (template_type) (dependent_type)
    (decltype)]? @returns declarator:
    [(function_declarator declarator:
      [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
      @name . parameters: (_)) @declarator
    (pointer_declarator "*" @returns declarator:
      [(function_declarator declarator:
        [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
        @name . parameters: (_)) @declarator
      (pointer_declarator "*" @returns declarator:
        (function_declarator declarator:
          [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
          @name . parameters: (_)) @declarator)
      (reference_declarator ["&" "&&"] @returns .
        (function_declarator declarator:
          [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
          @name . parameters: (_)) @declarator)])
    (reference_declarator ["&" "&&"] @returns .
      (function_declarator declarator:
        [(identifier) (field_identifier) (destructor_name) (operator_name) (template_function)]
        @name . parameters: (_)) @declarator)]) @definition.method @of
(function_definition declarator: (operator_cast "operator" @name type: (_) @name)
  body: (_)? @body) @definition.method @of
(function_definition declarator: (qualified_identifier scope: (_) @name name: (operator_cast type: (_) @name))
  body: (_) @body) @definition.method @of
(declaration declarator: (operator_cast "operator" @name type: (_) @name)) @definition.method @of

(using_declaration) @import

(field_declaration (ERROR . (identifier) .) @skipped)
(field_declaration (type_qualifier) @returns) @of
(function_definition type: [(primitive_type) (type_identifier) (sized_type_specifier) (struct_specifier)
    (class_specifier) (union_specifier) (enum_specifier) (qualified_identifier) (template_type) (dependent_type)
    (decltype)] @returns
  . [(type_qualifier) (_declarator) (_field_declarator)]) @of
(function_declarator (trailing_return_type (_) @returns)) @of

(function_declarator parameters: (parameter_list (parameter_declaration declarator: [
  (parenthesized_declarator (reference_declarator (identifier) @parameter))
  (reference_declarator [(identifier) @parameter
    (parenthesized_declarator (array_declarator declarator: (identifier) @parameter))])
  (pointer_declarator declarator: (reference_declarator (identifier) @parameter))
  (array_declarator declarator: (parenthesized_declarator (reference_declarator (identifier) @parameter)))
  (function_declarator declarator: (parenthesized_declarator (reference_declarator (identifier) @parameter)))])
  @type)) @of
(function_declarator parameters: (parameter_list (optional_parameter_declaration declarator: [(identifier) @parameter
  (pointer_declarator declarator: [(identifier) @parameter (pointer_declarator declarator: (identifier) @parameter)])
  (reference_declarator (identifier) @parameter)
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @parameter)))]
  default_value: (_) @default) @type)) @of
(function_declarator parameters: (parameter_list (variadic_parameter_declaration declarator: [
  (variadic_declarator "..." @rest (identifier) @parameter)
  (reference_declarator (variadic_declarator "..." @rest (identifier) @parameter))]) @type)) @of
(function_declarator parameters: (parameter_list "..." @parameter)) @of
(lambda_expression) @closure

(throw_statement . "throw" . ";") @raise
(throw_statement (identifier) @bound) @raise
(throw_statement (call_expression function: [(identifier) (qualified_identifier) (template_function)] @raised)) @raise
(throw_statement (compound_literal_expression type: (_) @raised)) @raise
(throw_specifier (type_descriptor) @raised) @raise
(catch_clause) @handler
(catch_clause parameters: (parameter_list (parameter_declaration type: (_) @caught))) @handler
(catch_clause parameters: (parameter_list (parameter_declaration declarator: [(identifier) @bound
  (reference_declarator (identifier) @bound) (pointer_declarator (identifier) @bound)]))) @handler
