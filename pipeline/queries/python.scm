; What a Python file consists of; the captures are explained in pipeline/languages.py.

(function_definition name: (identifier) @name body: (block) @body) @definition.function
(class_definition name: (identifier) @name body: (block) @body) @definition.class
(decorated_definition definition: (_) @part) @whole
[(import_statement) (import_from_statement)] @import

(function_definition parameters: (parameters (identifier) @parameter)) @of
(function_definition parameters: (parameters (typed_parameter . (identifier) @parameter type: (_) @type))) @of
(function_definition parameters: (parameters (default_parameter name: (identifier) @parameter value: (_) @default))) @of
(function_definition parameters: (parameters
  (typed_default_parameter name: (identifier) @parameter type: (_) @type value: (_) @default))) @of
(function_definition parameters: (parameters [
  (list_splat_pattern "*" @rest (identifier) @parameter)
  (dictionary_splat_pattern "**" @rest (identifier) @parameter)])) @of
(function_definition parameters: (parameters (typed_parameter [
  (list_splat_pattern "*" @rest (identifier) @parameter)
  (dictionary_splat_pattern "**" @rest (identifier) @parameter)] type: (_) @type))) @of
(function_definition return_type: (_) @returns) @of
(decorated_definition (decorator (identifier) @static) definition: (function_definition) @of
  (#eq? @static "staticmethod"))
(return_statement (_)) @gives
(yield) @yields
(lambda) @closure

(raise_statement . "raise" .) @raise
(raise_statement . "raise" . [(identifier) (attribute)] @raised) @raise
(raise_statement . "raise" . (call function: [(identifier) (attribute)] @raised)) @raise
(except_clause [(identifier) (attribute)] @caught) @handler
(except_clause (tuple [(identifier) (attribute)] @caught)) @handler
(except_clause (as_pattern . [(identifier) (attribute)] @caught)) @handler
(except_clause (as_pattern . (tuple [(identifier) (attribute)] @caught))) @handler
(except_clause (as_pattern (as_pattern_target (identifier) @bound))) @handler

; A docstring is a first statement that is nothing but a string, maybe joined from pieces: not bytes, no f-string.
((module . (comment)* . (expression_statement .
    [(string . (string_start) @_quote) (concatenated_string . (string . (string_start) @_quote))] @doc .)) @documented
  (#match? @_quote "^[rRuU]?['\"]"))
((function_definition body: (block . (expression_statement .
    [(string . (string_start) @_quote) (concatenated_string . (string . (string_start) @_quote))] @doc .)) @documented)
  (#match? @_quote "^[rRuU]?['\"]"))
((class_definition body: (block . (expression_statement .
    [(string . (string_start) @_quote) (concatenated_string . (string . (string_start) @_quote))] @doc .)) @documented)
  (#match? @_quote "^[rRuU]?['\"]"))

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
