; What a Python file consists of; the captures are explained in pipeline/languages.py.

(function_definition name: (identifier) @name body: (block) @body) @definition.function
(class_definition name: (identifier) @name body: (block) @body) @definition.class
(decorated_definition definition: (_) @part) @whole

; A docstring is a first statement that is nothing but a string, maybe joined from pieces: not bytes, no f-string.
((module . (comment)* . (expression_statement .
    [(string . (string_start) @quote) (concatenated_string . (string . (string_start) @quote))] @doc .)) @documented
  (#match? @quote "^[rRuU]?['\"]"))
((function_definition body: (block . (expression_statement .
    [(string . (string_start) @quote) (concatenated_string . (string . (string_start) @quote))] @doc .)) @documented)
  (#match? @quote "^[rRuU]?['\"]"))
((class_definition body: (block . (expression_statement .
    [(string . (string_start) @quote) (concatenated_string . (string . (string_start) @quote))] @doc .)) @documented)
  (#match? @quote "^[rRuU]?['\"]"))

; The body of `match` is none of these: it must hold cases.
(if_statement consequence: (block) @block)
(elif_clause consequence: (block) @block)
(else_clause body: (block) @block)
(for_statement body: (block) @block)
(while_statement body: (block) @block)
(with_statement body: (block) @block)
(try_statement body: (block) @block)
(except_clause (block) @block)
(finally_clause (block) @block)
(case_clause consequence: (block) @block)
