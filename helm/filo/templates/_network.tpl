{{/* Names are asked of whoever serves port 53. */}}
{{- define "filo.dns" -}}
- ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
{{- end }}

{{/* Somewhere outside: a dict of cidrs and ports; no cidrs: anywhere. */}}
{{- define "filo.outside" -}}
- ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .cidrs }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
  {{- end }}
{{- end }}

{{/* Who may call one part, and whom it may call: (list root part fact parts). */}}
{{- define "filo.partPolicy" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}{{- $fact := index . 2 -}}{{- $parts := index . 3 -}}
{{- $rules := $root.Values.networkPolicy -}}
{{- $callers := list -}}
{{- range $other, $its := $parts }}{{- if has $part $its.calls }}{{- $callers = append $callers $other }}{{- end }}{{- end -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "filo.name" $root }}-{{ $part }}
  labels: {{- include "filo.labels" (list $root $part) | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "filo.selector" (list $root $part) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - ports:
        {{- range $port, $number := $fact.ports }}
        - {protocol: TCP, port: {{ $number }}}
        {{- end }}
      {{- if eq $part "gateway" }}
      {{- with $rules.gatewayFrom }}
      from: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- else }}
      from:
        {{- range $callers }}
        - podSelector:
            matchLabels: {{- include "filo.selector" (list $root .) | nindent 14 }}
        {{- end }}
      {{- end }}
    {{- with $rules.metricsFrom }}
    - ports: [{protocol: TCP, port: 9464}]
      from: {{- toYaml . | nindent 8 }}
    {{- end }}
  egress:
    {{- include "filo.dns" $root | nindent 4 }}
    {{- range $fact.calls }}
    - to:
        - podSelector:
            matchLabels: {{- include "filo.selector" (list $root .) | nindent 14 }}
      ports:
        {{- range $port, $number := (get $parts .).ports }}
        - {protocol: TCP, port: {{ $number }}}
        {{- end }}
    {{- end }}
    {{- if ne $part "gateway" }}
    {{- if $root.Values.mongodb.evaluation.enabled }}
    - to:
        - podSelector:
            matchLabels: {{- include "filo.selector" (list $root "mongodb") | nindent 14 }}
      ports: [{protocol: TCP, port: 27017}]
    {{- else }}
    {{- include "filo.outside" $rules.mongodb | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- range $fact.outside }}
    {{- include "filo.outside" (get $rules .) | nindent 4 }}
    {{- end }}
    {{- if $root.Values.telemetry.traces.endpoint }}
    {{- include "filo.outside" $rules.traces | nindent 4 }}
    {{- end }}
{{- end }}
