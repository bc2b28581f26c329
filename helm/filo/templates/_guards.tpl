{{/* Values that cannot go together stop here, with what to do. */}}
{{- define "filo.guards" -}}
{{- $parts := keys (.Files.Get "files/parts.yaml" | fromYaml) | sortAlpha -}}
{{- if not .Values.existingSecret }}
{{- fail "existingSecret is empty: make a Secret with service-secret, key-secret and mongodb-uri and name it here (docs/operations.md has the command)." }}
{{- end }}
{{- if not .Values.publicUrl }}
{{- fail "publicUrl is empty: say how browsers reach the suite, such as https://shop.example.com." }}
{{- end }}
{{- range $part, $own := .Values.parts }}
{{- if not (has $part $parts) }}
{{- fail (printf "parts.%s is no part. There are: %s." $part (join ", " $parts)) }}
{{- end }}
{{- end }}
{{- range $part := $parts }}
{{- $values := include "filo.values" (list $ $part) | fromYaml }}
{{- if and $values.autoscaling.enabled (lt (int $values.autoscaling.max) (int $values.autoscaling.min)) }}
{{- fail (printf "parts.%s: autoscaling.max is below autoscaling.min." $part) }}
{{- end }}
{{- if and $values.autoscaling.enabled (not (($values.resources.requests).cpu)) }}
{{- fail (printf "parts.%s: autoscaling measures CPU against resources.requests.cpu, which is not set." $part) }}
{{- end }}
{{- end }}
{{- if and .Values.demo.enabled (or .Values.ingress.enabled .Values.gatewayApi.enabled (ne .Values.gateway.service.type "ClusterIP")) }}
{{- fail "demo.enabled opens a mailbox that anybody can read: it goes with neither ingress, gatewayApi nor a gateway.service.type other than ClusterIP." }}
{{- end }}
{{- if and .Values.demo.enabled (not .Values.mongodb.evaluation.enabled) }}
{{- fail "demo.enabled fills the database with made-up people: it goes with mongodb.evaluation.enabled only." }}
{{- end }}
{{- if and .Values.mongodb.evaluation.enabled .Values.mongodb.uriKeys }}
{{- fail "mongodb.uriKeys are for a MongoDB of yours: mongodb.evaluation has one user." }}
{{- end }}
{{- if (get .Values.parts "gateway" | default dict).secretKeys }}
{{- fail "parts.gateway.secretKeys: the gateway has no secrets; give them to the part that uses them." }}
{{- end }}
{{- if and .Values.mongodb.evaluation.enabled .Values.mongodb.caKey }}
{{- fail "mongodb.caKey is for a MongoDB of yours: mongodb.evaluation speaks no TLS." }}
{{- end }}
{{- if and .Values.ingress.enabled (hasPrefix "https:" .Values.publicUrl) (not .Values.ingress.tlsSecret) (not .Values.ingress.tlsInFront) }}
{{- fail "publicUrl is https and the Ingress has no certificate: set ingress.tlsSecret, or ingress.tlsInFront where TLS ends before it." }}
{{- end }}
{{- if and (or .Values.ingress.enabled .Values.gatewayApi.enabled) (regexMatch "^[0-9.]+$|^localhost$" (include "filo.host" .)) }}
{{- fail "an Ingress or HTTPRoute needs a host name in publicUrl." }}
{{- end }}
{{- if and .Values.gatewayApi.enabled (not .Values.gatewayApi.parentRefs) }}
{{- fail "gatewayApi.enabled needs gatewayApi.parentRefs: which Gateway shall the route attach to?" }}
{{- end }}
{{- if and .Values.gatewayApi.grpcParentRefs (not .Values.gateway.grpc.enabled) }}
{{- fail "gatewayApi.grpcParentRefs leads to the tills' door, which gateway.grpc.enabled=false closes." }}
{{- end }}
{{- if and .Values.gateway.grpc.enabled (not .Values.gateway.grpc.tlsSecret) (ne .Values.gateway.service.type "ClusterIP") }}
{{- fail "gateway.service.type would show the tills' door to the outside in plaintext: set gateway.grpc.tlsSecret, or gateway.grpc.enabled=false." }}
{{- end }}
{{- end }}
