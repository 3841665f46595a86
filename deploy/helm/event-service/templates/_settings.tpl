{{/* A setting as its variable has it. Helm reads every number as a float, and would write 1e+06. */}}
{{- define "event-service.setting" -}}
{{- if or (kindIs "map" .) (kindIs "slice" .) -}}
{{- toJson . -}}
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- int64 . -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}

{{/* How long a pod that is told to end may go on, in seconds: the default of EVENT_STOP_SECONDS is 30, that of EVENT_DRAIN_SECONDS 0. */}}
{{- define "event-service.stopSeconds" -}}
{{- $stop := 30.0 -}}
{{- if not (kindIs "invalid" .Values.settings.EVENT_STOP_SECONDS) -}}
{{- $stop = .Values.settings.EVENT_STOP_SECONDS | toString | float64 -}}
{{- end -}}
{{- if not (kindIs "invalid" .Values.settings.EVENT_DRAIN_SECONDS) -}}
{{- $stop = addf $stop (.Values.settings.EVENT_DRAIN_SECONDS | toString | float64) -}}
{{- end -}}
{{- add (ceil $stop | int64) (int64 .Values.preStopSeconds) -}}
{{- end -}}

{{- define "event-service.graceSeconds" -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{- add (include "event-service.stopSeconds" . | int64) 10 -}}
{{- else -}}
{{- int64 .Values.terminationGracePeriodSeconds -}}
{{- end -}}
{{- end -}}
