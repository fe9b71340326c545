; What JavaScript has beyond ecmascript.scm; the captures are explained in pipeline/languages.py.

(field_definition property: (_) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)] @definition.function) @head
(field_definition value: (_) @part) @whole

(_ parameters: (formal_parameters [(identifier) (object_pattern) (array_pattern)] @parameter)) @of
(_ parameters: (formal_parameters (assignment_pattern left: (_) @parameter right: (_) @default))) @of
(_ parameters: (formal_parameters (rest_pattern "..." @rest (_) @parameter))) @of
