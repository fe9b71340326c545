; What a Ruby file consists of; the captures are explained in pipeline/languages.py.

(method name: (_) @name body: (body_statement) @body) @definition.function
(method name: (_) @name !body "end" @tail) @definition.function
(method name: (_) @name "=" @tail) @definition.function
(singleton_method object: (self) name: (_) @name body: (body_statement) @body) @definition.function
(singleton_method object: (self) name: (_) @name !body "end" @tail) @definition.function
(singleton_method object: (self) name: (_) @name "=" @tail) @definition.function
(singleton_method object: [(constant) (identifier)] @name name: (_) @name
  [body: (body_statement) @body "end" @tail]) @definition.function
(class name: (_) @name body: (_) @body) @definition.class
(class name: (_) @name !body "end" @tail) @definition.class
(module name: (_) @name body: (_) @body) @definition.class
(module name: (_) @name !body "end" @tail) @definition.class
(assignment left: (constant) @name right: (call receiver: (constant) @_of method: (identifier) @_new
    block: [(do_block "do" @tail) (block "{" @tail)]) (#any-of? @_of "Struct" "Class" "Module" "Data")
  (#any-of? @_new "new" "define")) @definition.class
(singleton_class value: (self)) @scope.class

; A method may be given to what makes it private.
(call arguments: (argument_list . [(method) (singleton_method)] @part)) @whole
((call !receiver method: (identifier) @_require) @import
  (#any-of? @_require "require" "require_relative" "load" "autoload"))
(comment) @note

([(method parameters: (method_parameters [(identifier) @parameter (destructured_parameter) @parameter
    (keyword_parameter name: (_) @parameter)]))
  (singleton_method parameters: (method_parameters [(identifier) @parameter (destructured_parameter) @parameter
    (keyword_parameter name: (_) @parameter)]))] @of)
([(method parameters: (method_parameters [(optional_parameter name: (_) @parameter value: (_) @default)
    (keyword_parameter name: (_) @parameter value: (_) @default)]))
  (singleton_method parameters: (method_parameters [(optional_parameter name: (_) @parameter value: (_) @default)
    (keyword_parameter name: (_) @parameter value: (_) @default)]))] @of)
([(method parameters: (method_parameters [(splat_parameter "*" @rest name: (_) @parameter)
    (hash_splat_parameter "**" @rest name: (_) @parameter) (block_parameter "&" @rest name: (_) @parameter)]))
  (singleton_method parameters: (method_parameters [(splat_parameter "*" @rest name: (_) @parameter)
    (hash_splat_parameter "**" @rest name: (_) @parameter) (block_parameter "&" @rest name: (_) @parameter)]))] @of)

; Every method returns what stands last in it; one that ends otherwise than with a value is not meant to.
(return (_) @gives)
([(method name: [(constant) (operator) (identifier) @_name] body: (body_statement (_) @gives .))
  (singleton_method name: [(constant) (operator) (identifier)] body: (body_statement (_) @gives .))]
  (#not-eq? @_name "initialize")
  (#not-match? @gives "^((raise|fail|puts|print|warn|while|until|for|nil|yield)\\b|[@$]*[\\w.]+ = )"))
[(method name: [(constant) (operator) (identifier)] "=" body: (_) @gives)
  (singleton_method name: [(constant) (operator) (identifier)] "=" body: (_) @gives)]
(yield) @yields
(lambda) @closure

((call !receiver method: (identifier) @_raise arguments: (argument_list . [(constant) @raised (scope_resolution) @raised
    (call receiver: [(constant) (scope_resolution)] @raised) (identifier) @bound])) @raise
  (#any-of? @_raise "raise" "fail"))
(rescue body: (then [(identifier) @raise (if_modifier body: (identifier) @raise)
    (unless_modifier body: (identifier) @raise)]) (#eq? @raise "raise"))
(rescue) @handler
(rescue exceptions: (exceptions [(constant) (scope_resolution)] @caught)) @handler
(rescue variable: (exception_variable (identifier) @bound)) @handler

(body_statement) @block
(block_body) @block
(then) @block
