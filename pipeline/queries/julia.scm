; What a Julia file consists of; the captures are explained in pipeline/languages.py. Bodies are no nodes.

; A signature is a call, in its return type or its type parameters or both.
(function_definition (signature [
  (identifier) @name
  (call_expression . (_) @name)
  (_ . (call_expression . (_) @name))
  (_ . (_ . (call_expression . (_) @name)))]) @open "end" @close .) @definition.function
(macro_definition (signature (call_expression . (_) @name)) @open "end" @close .) @definition.function
(assignment . [
  (call_expression . (_) @name)
  (typed_expression . (call_expression . (_) @name))
  (where_expression . (call_expression . (_) @name))
  (where_expression . (_ . (call_expression . (_) @name)))] . (operator) @tail @gives (_) @block .) @definition.function
(assignment . (identifier) @name (operator) (arrow_function_expression (_) @tail .) @definition.function .) @head
(assignment . (identifier) @name
  (operator) (function_definition (signature . (argument_list)) @open "end" @close .) @definition.function .) @head

(struct_definition (type_head [
  (identifier) @name
  (parametrized_type_expression . (_) @name)
  (binary_expression . (identifier) @name)
  (binary_expression . (parametrized_type_expression . (_) @name))]) . [(_) "end"] @tail) @definition.class
(abstract_definition (type_head [
  (identifier) @name
  (parametrized_type_expression . (_) @name)
  (binary_expression . (identifier) @name)
  (binary_expression . (parametrized_type_expression . (_) @name))])) @definition.class
(primitive_definition (type_head [
  (identifier) @name
  (parametrized_type_expression . (_) @name)
  (binary_expression . (identifier) @name)])) @definition.class
(module_definition name: (_) @name @open "end" @close .) @definition.module

(assignment [(arrow_function_expression) (function_definition)] @part .) @whole
(const_statement (assignment) @part) @whole
(macrocall_expression (macro_argument_list
  [(function_definition) (assignment) (struct_definition) (const_statement) (macrocall_expression)] @part .)) @whole

[(using_statement) (import_statement)] @import

; A string right before a definition documents it.
([(string_literal) (prefixed_string_literal)] @note . [(line_comment) (block_comment)]* . [
  (function_definition) (macro_definition) (assignment) (struct_definition) (abstract_definition)
  (primitive_definition) (module_definition) (const_statement) (macrocall_expression)])
[(line_comment) (block_comment)] @note

(_ (signature (call_expression (argument_list [
  (identifier) @parameter
  (typed_expression . (_) @parameter (_) @type .)
  (unary_typed_expression (_) @type) @parameter
  (named_argument . [
    (identifier) @parameter
    (tuple_expression) @parameter
    (typed_expression . (_) @parameter (_) @type .)] (operator) (_) @default .)
  (splat_expression [(identifier) @parameter (typed_expression . (_) @parameter (_) @type .)] "..." @rest)
  (tuple_expression) @parameter
  (macrocall_expression) @parameter])))) @of
(_ (signature (_ . (call_expression (argument_list [
  (identifier) @parameter
  (typed_expression . (_) @parameter (_) @type .)
  (unary_typed_expression (_) @type) @parameter
  (named_argument . [
    (identifier) @parameter
    (tuple_expression) @parameter
    (typed_expression . (_) @parameter (_) @type .)] (operator) (_) @default .)
  (splat_expression [(identifier) @parameter (typed_expression . (_) @parameter (_) @type .)] "..." @rest)
  (tuple_expression) @parameter
  (macrocall_expression) @parameter]))))) @of
(_ (signature (_ . (_ . (call_expression (argument_list [
  (identifier) @parameter
  (typed_expression . (_) @parameter (_) @type .)
  (unary_typed_expression (_) @type) @parameter
  (named_argument . [
    (identifier) @parameter
    (tuple_expression) @parameter
    (typed_expression . (_) @parameter (_) @type .)] (operator) (_) @default .)
  (splat_expression [(identifier) @parameter (typed_expression . (_) @parameter (_) @type .)] "..." @rest)
  (tuple_expression) @parameter
  (macrocall_expression) @parameter])))))) @of
(assignment . (call_expression (argument_list [
  (identifier) @parameter
  (typed_expression . (_) @parameter (_) @type .)
  (unary_typed_expression (_) @type) @parameter
  (named_argument . [
    (identifier) @parameter
    (tuple_expression) @parameter
    (typed_expression . (_) @parameter (_) @type .)] (operator) (_) @default .)
  (splat_expression [(identifier) @parameter (typed_expression . (_) @parameter (_) @type .)] "..." @rest)
  (tuple_expression) @parameter
  (macrocall_expression) @parameter]))) @of
(assignment . (_ . (call_expression (argument_list [
  (identifier) @parameter
  (typed_expression . (_) @parameter (_) @type .)
  (unary_typed_expression (_) @type) @parameter
  (named_argument . [
    (identifier) @parameter
    (tuple_expression) @parameter
    (typed_expression . (_) @parameter (_) @type .)] (operator) (_) @default .)
  (splat_expression [(identifier) @parameter (typed_expression . (_) @parameter (_) @type .)] "..." @rest)
  (tuple_expression) @parameter
  (macrocall_expression) @parameter])))) @of
(_ (signature . (argument_list [
  (identifier) @parameter
  (typed_expression . (_) @parameter (_) @type .)
  (named_argument . [
    (identifier) @parameter
    (tuple_expression) @parameter
    (typed_expression . (_) @parameter (_) @type .)] (operator) (_) @default .)
  (splat_expression [(identifier) @parameter (typed_expression . (_) @parameter (_) @type .)] "..." @rest)]))) @of
(arrow_function_expression . (identifier) @parameter) @of
(arrow_function_expression . (argument_list [
  (identifier) @parameter
  (typed_expression . (_) @parameter (_) @type .)])) @of
(_ (signature (typed_expression (call_expression) (_) @returns .))) @of
(_ (signature (_ . (typed_expression (call_expression) (_) @returns .)))) @of
(assignment . (typed_expression (call_expression) (_) @returns .)) @of
(assignment . (where_expression . (typed_expression (call_expression) (_) @returns .))) @of
(return_statement (_)) @gives
(arrow_function_expression "->" @gives)
[(arrow_function_expression) (do_clause)] @closure
(function_definition (signature . (argument_list))) @closure

((call_expression . (identifier) @_throw (argument_list .
  [(call_expression . [(identifier) (field_expression)] @raised) (identifier) @bound])) @raise
  (#any-of? @_throw "throw" "rethrow"))
((call_expression . (identifier) @_throw (argument_list . ")")) @raise (#eq? @_throw "rethrow"))
(catch_clause . (identifier) @bound) @handler

[(compound_statement) (if_statement) (for_statement) (while_statement) (try_statement) (let_statement)] @block
