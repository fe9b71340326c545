; What an Elixir file consists of; the captures are explained in pipeline/languages.py. A definition calls a macro.

((call target: (identifier) @_def (arguments . [
    (identifier) @name
    (call target: (_) @name (arguments) @arity)
    (binary_operator left: [
      (identifier) @name
      (call target: (_) @name (arguments) @arity)] operator: "when")]
  (keywords (pair key: (_) @gives) .)? @tail) (do_block)? @body @gives) @definition.function
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate" "defn" "defnp"))
((call target: (identifier) @_def (arguments . [(binary_operator operator: _ @name) (unary_operator operator: _ @name)]
  (keywords (pair key: (_) @gives) .)? @tail) (do_block)? @body @gives) @definition.function
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp") (#not-eq? @name "when"))
((unary_operator operator: "@" operand: (call target: (identifier) @_def (arguments (binary_operator
    left: (call target: (identifier) @name (arguments) @arity) operator: "::")))) @definition.function
  (#any-of? @_def "callback" "macrocallback"))
((unary_operator operator: "@" operand: (call target: (identifier) @_def (arguments (binary_operator
    left: (binary_operator left: (call target: (identifier) @name (arguments) @arity) operator: "::")
    operator: "when")))) @definition.function
  (#any-of? @_def "callback" "macrocallback"))

((call target: (identifier) @_def (arguments . (alias) @name) (do_block) @body) @definition.module
  (#eq? @_def "defmodule"))
((call target: (identifier) @_def (arguments . (alias) @name) (do_block) @body) @definition.class
  (#eq? @_def "defprotocol"))
((call target: (identifier) @_def (arguments . (alias) @qualifier . (keywords . (pair value: (_) @name))) (do_block))
  @scope.class (#eq? @_def "defimpl"))
((call target: (identifier) @_def (arguments . (alias) @name .) (do_block)) @scope.class (#eq? @_def "defimpl"))

((call target: (identifier) @_def (do_block (unary_operator operator: "@" operand: (call target: (identifier) @_doc
    (arguments [(string) (sigil)]))) @doc) @documented)
  (#any-of? @_def "defmodule" "defprotocol") (#eq? @_doc "moduledoc"))
((call target: (identifier) @_def [(do_block . (_) @place) (do_block . (comment)+ . (_) @place)] @documented)
  (#any-of? @_def "defmodule" "defprotocol") (#not-match? @place "^#")
  (#not-match? @documented "^(?:(?!\\bdefmodule\\b)[\\s\\S])*@moduledoc\\s+false"))
((unary_operator operator: "@" operand: (call target: (identifier) @_doc (arguments [(string) (sigil) (boolean)]))) @note
  (#eq? @_doc "doc"))
((unary_operator operator: "@" operand: (call target: (identifier) @_doc (arguments (keywords)))) @lead
  (#eq? @_doc "doc"))
((unary_operator operator: "@" operand: (call target: (identifier) @_lead)) @lead
  (#any-of? @_lead "spec" "impl" "deprecated" "since" "dialyzer"))
((call target: (identifier) @_import (arguments . [(alias) (dot)])) @import
  (#any-of? @_import "alias" "import" "require" "use"))
(comment) @note

; What has no left side is a parameter, but for comments and charlists; by their eighteen kinds it took thrice as long.
((call target: (identifier) @_def (arguments . [
  (call (arguments [
    (_ !left) @parameter @_plain
    (binary_operator left: (_) @parameter operator: "\\\\" right: (_) @default)
    (binary_operator left: [(map) (struct) (tuple) (list) (bitstring) (string) (alias) (binary_operator)]
      operator: "=" right: (identifier) @parameter)
    (binary_operator left: (identifier) @parameter operator: "=")
    (binary_operator operator: ["<>" "|" "++" "::" ".."]) @parameter]))
  (binary_operator left: (call (arguments [
    (_ !left) @parameter @_plain
    (binary_operator left: (_) @parameter operator: "\\\\" right: (_) @default)
    (binary_operator left: [(map) (struct) (tuple) (list) (bitstring) (string) (alias) (binary_operator)]
      operator: "=" right: (identifier) @parameter)
    (binary_operator left: (identifier) @parameter operator: "=")
    (binary_operator operator: ["<>" "|" "++" "::" ".."]) @parameter])) operator: "when")])) @of
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate" "defn" "defnp")
  (#not-match? @_plain "^[#']"))
((unary_operator operator: "@" operand: (call target: (identifier) @_spec (arguments [
    (binary_operator left: (call target: (identifier) @_of) operator: "::" right: (_) @returns)
    (binary_operator operator: "when"
      left: (binary_operator left: (call target: (identifier) @_of) operator: "::" right: (_) @returns))]))) .
  (call target: (identifier) @_def (arguments . [(identifier) @_name (call target: (identifier) @_name)
    (binary_operator left: (call target: (identifier) @_name) operator: "when")])) @of
  (#eq? @_spec "spec") (#eq? @_of @_name)
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate" "defn" "defnp"))
((unary_operator operator: "@" operand: (call target: (identifier) @_def (arguments (binary_operator
    left: (call) operator: "::" right: (_) @returns)))) @of
  (#any-of? @_def "callback" "macrocallback"))
(anonymous_function) @closure

((call target: (identifier) @_raise (arguments . [
    (alias) @raised
    (struct (alias) @raised)
    (call target: (dot left: (alias) @raised))
    (identifier) @bound])) @raise
  (#any-of? @_raise "raise" "reraise"))
(rescue_block (stab_clause left: (arguments
  (binary_operator left: (identifier) @bound operator: "in" right: [(alias) @caught (list (alias) @caught)]))) @handler)
(rescue_block (stab_clause left: (arguments (alias) @caught)) @handler)

(do_block) @block
