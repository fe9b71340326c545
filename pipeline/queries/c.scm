; What a C file consists of beside what is in c_family.scm; the captures are explained in pipeline/languages.py.

; The name of a function stands as deep in its declarator as there are pointers in what it returns.
(function_definition declarator:
    [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
    (function_declarator
      declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator
    (pointer_declarator "*" @returns declarator:
      [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
      (function_declarator
        declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator
      (pointer_declarator "*" @returns declarator:
        [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
        (function_declarator
          declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator
        (pointer_declarator "*" @returns declarator:
          [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
          (function_declarator
            declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator])])])]
  body: (_) @body) @definition.function @of
(declaration type: (_) @returns declarator:
    [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
    (function_declarator
      declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator
    (pointer_declarator "*" @returns declarator:
      [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
      (function_declarator
        declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator
      (pointer_declarator "*" @returns declarator:
        [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
        (function_declarator
          declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator
        (pointer_declarator "*" @returns declarator:
          [(function_declarator declarator: (identifier) @name . parameters: (_)) @declarator
          (function_declarator
            declarator: (identifier) @returns . (ERROR . (identifier) @name .) @skipped) @declarator])])])]
  ) @definition.function @prototype @of
(function_definition type: (_) @returns . [(type_qualifier) (_declarator) (function_declarator)]) @of
(function_declarator parameters: (parameter_list [(identifier) (variadic_parameter)] @parameter)) @of
