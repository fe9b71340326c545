; What a JavaScript file consists of; the captures are explained in pipeline/languages.py. TypeScript's goes on from it.

(function_declaration name: (identifier) @name body: (_) @body) @definition.function
(generator_function_declaration name: (identifier) @name body: (_) @body) @definition.function
(method_definition name: (_) @name body: (_) @body) @definition.function
(class_declaration name: (_) @name body: (_) @body) @definition.class

; A function in an expression is named by what it is assigned to.
(variable_declarator name: (identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)
    (generator_function body: (_) @body)] @definition.function) @head
(assignment_expression left: [(identifier) (member_expression)] @name
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)
    (generator_function body: (_) @body)] @definition.function) @head
(pair key: (property_identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)] @definition.function) @head
(field_definition property: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)] @definition.function) @head
(variable_declarator name: (identifier) @name value: (class body: (_) @body) @definition.class) @head
[(arrow_function) (function_expression) (generator_function)] @closure

(variable_declarator value: (_) @part) @whole
(lexical_declaration . (variable_declarator) @part .) @whole
(variable_declaration . (variable_declarator) @part .) @whole
(assignment_expression right: (_) @part) @whole
(expression_statement (assignment_expression) @part) @whole
(pair value: (_) @part) @whole
(field_definition value: (_) @part) @whole
(export_statement declaration: (_) @part) @whole

(import_statement) @import
(comment) @note
(decorator) @lead

(_ parameters: (formal_parameters [(identifier) (object_pattern) (array_pattern)] @parameter)) @of
(_ parameters: (formal_parameters (assignment_pattern left: (_) @parameter right: (_) @default))) @of
(_ parameters: (formal_parameters (rest_pattern "..." @rest (_) @parameter))) @of
(arrow_function parameter: (identifier) @parameter) @of
(return_statement (_) @gives)
(arrow_function body: (expression) @gives)
(yield_expression) @yields

(throw_statement (new_expression constructor: (_) @raised)) @raise
(throw_statement (identifier) @raised) @raise
(catch_clause parameter: (identifier) @bound) @handler

(if_statement consequence: (statement_block) @block)
(else_clause (statement_block) @block)
(for_statement body: (statement_block) @block)
(for_in_statement body: (statement_block) @block)
(while_statement body: (statement_block) @block)
(do_statement body: (statement_block) @block)
(try_statement body: (statement_block) @block)
(catch_clause body: (statement_block) @block)
(finally_clause body: (statement_block) @block)
