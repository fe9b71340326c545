; What a shell script consists of; the captures are explained in pipeline/languages.py. Parameters are not declared.

(function_definition name: (_) @name body: (_) @body) @definition.function

((command name: (command_name) @_source) @import (#any-of? @_source "source" "."))
((comment) @note (#not-match? @note "^# *shellcheck "))
((comment) @lead (#match? @lead "^# *shellcheck "))

; Only whole statements: what stands between `then` and `fi` is no node.
[(if_statement) (for_statement) (c_style_for_statement) (while_statement) (case_statement) (compound_statement)] @block
