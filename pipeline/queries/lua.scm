; What a Lua file consists of; the captures are explained in pipeline/languages.py. An empty body is no node.

(function_declaration name: [(identifier) (dot_index_expression)] @name body: (block)? @body "end" @tail)
  @definition.function
(function_declaration name: (method_index_expression) @name body: (block)? @body "end" @tail) @definition.method

; A function in an expression is named by what it is assigned to, a table by its own name qualifies those in it.
(assignment_statement (variable_list . name: (_) @name) (expression_list . value:
  (function_definition body: (block)? @body "end" @tail) @definition.function)) @head
(field name: (identifier) @name
  value: (function_definition body: (block)? @body "end" @tail) @definition.function) @head
(field name: (string content: (_) @name)
  value: (function_definition body: (block)? @body "end" @tail) @definition.function) @head
(assignment_statement (variable_list . name: (_) @name) (expression_list . value: (table_constructor) @scope.module))
(field name: (identifier) @name value: (table_constructor) @scope.module)
(function_definition) @closure

(assignment_statement (expression_list . value: (function_definition) @part .)) @whole
(variable_declaration (assignment_statement (expression_list . value: (function_definition) .)) @part) @whole
(field value: (function_definition) @part) @whole

((variable_declaration (assignment_statement (expression_list . value: [
    (function_call name: (identifier) @_require)
    (dot_index_expression table: (function_call name: (identifier) @_require))]))) @import (#eq? @_require "require"))
(comment) @note

(function_declaration parameters: (parameters name: (identifier) @parameter)) @of
(function_definition parameters: (parameters name: (identifier) @parameter)) @of
(function_declaration parameters: (parameters (vararg_expression) @parameter)) @of
(function_definition parameters: (parameters (vararg_expression) @parameter)) @of
(return_statement (expression_list)) @gives

(if_statement consequence: (block) @block)
(elseif_statement consequence: (block) @block)
(else_statement body: (block) @block)
(for_statement body: (block) @block)
(while_statement body: (block) @block)
(repeat_statement body: (block) @block)
(do_statement body: (block) @block)
