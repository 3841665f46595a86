{{/*
What the schema can't say, or would say by repeating a secret. No message has a value in it.
*/}}
{{- define "event-service.checks" -}}
{{- include "event-service.checkSecrets" . -}}
{{- include "event-service.checkSettings" . -}}
{{- include "event-service.checkService" . -}}
{{- include "event-service.checkScaling" . -}}
{{- end -}}

{{- define "event-service.checkSecrets" -}}
{{- $given := dict "mongodb.uri" .Values.mongodb.uri "redis.url" .Values.redis.url "systemToken" .Values.systemToken "secretKey" .Values.secretKey -}}
{{- if .Values.existingSecret -}}
{{- range $name, $value := $given -}}
{{- if $value -}}
{{- fail (printf "%s and existingSecret are both set: put it into that Secret, and leave %s empty." $name $name) -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- if not .Values.mongodb.uri -}}
{{- fail "mongodb.uri is missing: this chart brings no MongoDB. Set it, for example mongodb://user:password@db-1,db-2,db-3/event_service?replicaSet=rs0, or name a Secret that has EVENT_MONGODB_URI in existingSecret." -}}
{{- end -}}
{{- if not .Values.redis.url -}}
{{- fail "redis.url is missing: this chart brings no Redis. Set it, for example redis://:password@redis:6379/0, or name a Secret that has EVENT_REDIS_URL in existingSecret." -}}
{{- end -}}
{{- if not (regexMatch "^mongodb(\\+srv)?://." .Values.mongodb.uri) -}}
{{- fail "mongodb.uri must begin with mongodb:// or mongodb+srv://." -}}
{{- end -}}
{{- if not (regexMatch "^rediss?(\\+(sentinel|cluster))?://." .Values.redis.url) -}}
{{- fail "redis.url must begin with redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://." -}}
{{- end -}}
{{- if and .Values.secretKey (lt (len .Values.secretKey) 32) -}}
{{- fail "secretKey must have at least 32 characters: take those of `openssl rand -base64 32`." -}}
{{- end -}}
{{- range list "EVENT_IDENTITY_ENDPOINT" "EVENT_PLUGIN_SERVICE_ENDPOINT" -}}
{{- if and (get $.Values.settings .) (not $.Values.systemToken) -}}
{{- fail (printf "settings.%s needs systemToken: that service is asked with it." .) -}}
{{- end -}}
{{- end -}}
{{- if and (eq (toString .Values.settings.EVENT_WEBHOOK_SHOW_KEYS | lower) "true") (not .Values.secretKey) -}}
{{- fail "settings.EVENT_WEBHOOK_SHOW_KEYS needs secretKey: the keys are encrypted with it." -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "event-service.checkSettings" -}}
{{- $elsewhere := dict "EVENT_MONGODB_URI" "mongodb.uri" "EVENT_REDIS_URL" "redis.url" "EVENT_SYSTEM_TOKEN" "systemToken" "EVENT_SECRET_KEY" "secretKey" -}}
{{- range $name, $value := $elsewhere -}}
{{- if hasKey $.Values.settings $name -}}
{{- fail (printf "settings.%s is a secret and would stand in a ConfigMap: set %s, or existingSecret." $name $value) -}}
{{- end -}}
{{- end -}}
{{- if hasKey .Values.settings "EVENT_PROCESSES" -}}
{{- fail "settings.EVENT_PROCESSES is set by processes." -}}
{{- end -}}
{{- range list "EVENT_PORT" "EVENT_HTTP_PORT" "EVENT_DATA_DIR" -}}
{{- if hasKey $.Values.settings . -}}
{{- fail (printf "settings.%s is this chart's own: probes, ports and volumes depend on it. What clients see is service.grpcPort and service.httpPort." .) -}}
{{- end -}}
{{- end -}}
{{- if eq (toString .Values.settings.EVENT_NO_AUTH | lower) "true" -}}
{{- if ne (toString .Values.settings.EVENT_NO_AUTH_ON_ANY_ADDRESS | lower) "true" -}}
{{- fail "settings.EVENT_NO_AUTH is for loopback addresses, which no other pod reaches. If really everybody in the cluster is to be DOMAIN_ADMIN, set EVENT_NO_AUTH_ON_ANY_ADDRESS too." -}}
{{- end -}}
{{- end -}}
{{- range .Values.extraEnv -}}
{{- if hasPrefix "EVENT_" .name -}}
{{- fail (printf "extraEnv has %s: the service's own variables belong to settings, where they are checked." .name) -}}
{{- end -}}
{{- end -}}
{{- $stop := include "event-service.stopSeconds" . | int64 -}}
{{- if le (include "event-service.graceSeconds" . | int64) $stop -}}
{{- fail (printf "terminationGracePeriodSeconds must be more than preStopSeconds, EVENT_DRAIN_SECONDS and EVENT_STOP_SECONDS, which are %d s: running calls would be cut off." $stop) -}}
{{- end -}}
{{- end -}}

{{- define "event-service.checkService" -}}
{{- if and .Values.service.headless (ne .Values.service.type "ClusterIP") -}}
{{- fail (printf "service.headless leaves a Service without an address of its own, which type %s needs." .Values.service.type) -}}
{{- end -}}
{{- if eq (int64 .Values.service.grpcPort) (int64 .Values.service.httpPort) -}}
{{- fail "service.grpcPort and service.httpPort are the same." -}}
{{- end -}}
{{- end -}}

{{- define "event-service.checkScaling" -}}
{{- with .Values.autoscaling -}}
{{- if .enabled -}}
{{- if gt (int64 .minReplicas) (int64 .maxReplicas) -}}
{{- fail "autoscaling.minReplicas is more than autoscaling.maxReplicas." -}}
{{- end -}}
{{- if and (not .targetCPUUtilizationPercentage) (not .targetMemoryUtilizationPercentage) -}}
{{- fail "autoscaling has nothing to go by: set targetCPUUtilizationPercentage or targetMemoryUtilizationPercentage." -}}
{{- end -}}
{{- $requests := dig "requests" dict $.Values.resources -}}
{{- if and .targetCPUUtilizationPercentage (not $requests.cpu) -}}
{{- fail "autoscaling.targetCPUUtilizationPercentage is a part of resources.requests.cpu, which is not set." -}}
{{- end -}}
{{- if and .targetMemoryUtilizationPercentage (not $requests.memory) -}}
{{- fail "autoscaling.targetMemoryUtilizationPercentage is a part of resources.requests.memory, which is not set." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.podDisruptionBudget -}}
{{- if .enabled -}}
{{- $both := and (not (kindIs "invalid" .minAvailable)) (not (kindIs "invalid" .maxUnavailable)) -}}
{{- $neither := and (kindIs "invalid" .minAvailable) (kindIs "invalid" .maxUnavailable) -}}
{{- if or $both $neither -}}
{{- fail "podDisruptionBudget takes one of maxUnavailable and minAvailable; set the other to null." -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
