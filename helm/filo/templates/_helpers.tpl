{{/* The name everything of a release begins with. */}}
{{- define "filo.name" -}}
{{- if contains "filo" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-filo" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* Labels that select a part's pods: (list root part). They never change between versions. */}}
{{- define "filo.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: filo
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* All labels of a part: (list root part). */}}
{{- define "filo.labels" -}}
{{- $root := index . 0 -}}
{{ include "filo.selector" . }}
app.kubernetes.io/part-of: filo
app.kubernetes.io/version: {{ include "filo.tag" . | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* A part's tag: (list root part). */}}
{{- define "filo.tag" -}}
{{- $root := index . 0 -}}
{{- get $root.Values.image.tags (index . 1) | default $root.Values.image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{/* An image: (list root part). */}}
{{- define "filo.image" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}
{{- $digest := get $root.Values.image.digests $part -}}
{{- if $digest }}{{ printf "%s/%s@%s" $root.Values.image.repository $part $digest }}
{{- else }}{{ printf "%s/%s:%s" $root.Values.image.repository $part (include "filo.tag" .) }}{{ end }}
{{- end }}

{{/* What Pod Security "restricted" asks of a container, and a little more. */}}
{{- define "filo.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* And of a pod: the user's number. */}}
{{- define "filo.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* A part's values, over the defaults: (list root part), as YAML. */}}
{{- define "filo.values" -}}
{{- $root := index . 0 -}}
{{- $own := get $root.Values.parts (index . 1) | default dict -}}
{{- mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy $own) | toYaml }}
{{- end }}

{{/* Pods that are always there. */}}
{{- define "filo.leastPods" -}}
{{- if .autoscaling.enabled }}{{ .autoscaling.min }}{{ else }}{{ .replicas }}{{ end }}
{{- end }}

{{/* The host of publicUrl, without a port. */}}
{{- define "filo.host" -}}
{{- (urlParse .Values.publicUrl).hostname }}
{{- end }}

{{/* What one part is told: (list root part values), as Spring settings. */}}
{{- define "filo.settings" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}{{- $values := index . 2 -}}
{{- $name := include "filo.name" $root -}}
{{- $parts := $root.Files.Get "files/parts.yaml" | fromYaml -}}
{{- $fact := get $parts $part -}}
{{- $targets := dict -}}
{{- range $fact.calls }}{{- $_ := set $targets . (printf "dns:///%s-%s:9090" $name .) }}{{- end -}}
{{- $filo := dict -}}
{{- if eq $part "gateway" -}}
{{- $grpc := dict "enabled" $root.Values.gateway.grpc.enabled -}}
{{- if $root.Values.gateway.grpc.tlsSecret -}}
{{- $_ := set $grpc "certificate" "/etc/filo/tls/tls.crt" -}}
{{- $_ := set $grpc "key" "/etc/filo/tls/tls.key" -}}
{{- end -}}
{{- $filo = dict
  "public-url" $root.Values.publicUrl
  "gateway" (dict
    "targets" $targets
    "issuer" $root.Values.publicUrl
    "identity-uri" (printf "http://%s-identity-http:8081" $name)
    "trusted-proxies" (int $root.Values.gateway.trustedProxies)
    "grpc" $grpc) -}}
{{- else -}}
{{- $mongodb := dict -}}
{{- if $root.Values.mongodb.evaluation.enabled -}}
{{- $_ := set $mongodb "uri" (printf "mongodb://filo:${filo.mongodb-password}@%s-mongodb-0.%s-mongodb:27017/?replicaSet=rs0&authSource=admin" $name $name) -}}
{{- end -}}
{{- $filo = dict
  "issuer" $root.Values.publicUrl
  "token-uri" (printf "http://%s-identity-http:8081/oauth2/token" $name)
  "targets" $targets
  "mongodb" $mongodb
  "grpc" (dict "drain" (printf "%ds" (int $values.drainSeconds))) -}}
{{- if eq $part "identity" }}{{- $_ := set $filo "identity" (dict "public-url" $root.Values.publicUrl) }}{{- end -}}
{{- end -}}
{{- $_ := set $filo "management" (dict "port" 9464) -}}
{{- with $root.Values.telemetry.traces }}{{- if .endpoint }}{{- $_ := set $filo "traces" (dict "endpoint" .endpoint "ratio" .ratio) }}{{- end }}{{- end -}}
{{- $settings := dict
  "filo" $filo
  "spring" (dict "lifecycle" (dict "timeout-per-shutdown-phase" (printf "%ds" (add (int $values.drainSeconds) 3))))
  "logging" (dict "structured" (dict "format" (dict "console" "ecs"))) -}}
{{- if $root.Values.demo.enabled }}{{- $_ := set (get $settings "spring") "profiles" (dict "active" "dev") }}{{- end -}}
{{- mergeOverwrite $settings (deepCopy $values.config) | toYaml }}
{{- end }}
