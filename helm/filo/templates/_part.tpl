{{/*
Everything one part of the suite is made of: (list root part).
Its facts come from files/parts.yaml, its values from `parts` over `defaults`.
*/}}
{{- define "filo.part" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $parts := $root.Files.Get "files/parts.yaml" | fromYaml -}}
{{- $fact := get $parts $part -}}
{{- $values := include "filo.values" . | fromYaml -}}
{{- $name := printf "%s-%s" (include "filo.name" $root) $part -}}
{{- $settings := include "filo.settings" (list $root $part $values) -}}
{{- $grpcDoor := or (ne $part "gateway") $root.Values.gateway.grpc.enabled -}}
{{- $tls := and (eq $part "gateway") $root.Values.gateway.grpc.tlsSecret -}}
{{- $least := int (include "filo.leastPods" $values) -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  labels: {{- include "filo.labels" . | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  labels: {{- include "filo.labels" . | nindent 4 }}
data:
  settings.yaml: |
    {{- $settings | nindent 4 }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels: {{- include "filo.labels" . | nindent 4 }}
spec:
  {{- if not $values.autoscaling.enabled }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  # A new pod serves before an old one ends.
  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  selector:
    matchLabels: {{- include "filo.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "filo.labels" . | nindent 8 }}
        {{- with $values.podLabels }}{{ toYaml . | nindent 8 }}{{ end }}
      annotations:
        checksum/config: {{ $settings | sha256sum }}
        {{- with $values.podAnnotations }}{{ toYaml . | nindent 8 }}{{ end }}
    spec:
      serviceAccountName: {{ $name }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      securityContext: {{- include "filo.podSecurity" 10001 | nindent 8 }}
      terminationGracePeriodSeconds: {{ add $values.preStopSeconds (mul 2 $values.drainSeconds) 10 }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "filo.selector" (list $root $part) | nindent 14 }}
          matchLabelKeys: [pod-template-hash]
        {{- end }}
      containers:
        - name: {{ $part }}
          image: {{ include "filo.image" . }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext: {{- include "filo.containerSecurity" . | nindent 12 }}
          env:
            - {name: SPRING_CONFIG_IMPORT, value: "file:/etc/filo/settings/settings.yaml,optional:configtree:/etc/filo/secrets/"}
            {{- if $root.Values.demo.enabled }}
            - {name: SPRING_PROFILES_ACTIVE, value: dev}
            {{- end }}
            {{- range $key, $value := $values.env }}
            - {name: {{ $key }}, value: {{ $value | quote }}}
            {{- end }}
          ports:
            {{- range $port, $number := $fact.ports }}
            {{- if or $grpcDoor (ne $port "grpc") }}
            - {name: {{ $port }}, containerPort: {{ $number }}}
            {{- end }}
            {{- end }}
            - {name: metrics, containerPort: 9464}
          {{- if eq $part "gateway" }}
          # Neither asks the services: a gateway without one of them still serves the others.
          startupProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 90}
          livenessProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
          readinessProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3}
          {{- else }}
          # Alive: it answers. Ready: its database answers too, or has been silent for no longer than an election takes.
          startupProbe: {grpc: {port: {{ $fact.ports.grpc }}, service: alive}, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 150}
          livenessProbe: {grpc: {port: {{ $fact.ports.grpc }}, service: alive}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
          readinessProbe: {grpc: {port: {{ $fact.ports.grpc }}}, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 4}
          {{- end }}
          lifecycle:
            preStop: {sleep: {seconds: {{ $values.preStopSeconds }}}}
          resources: {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            - {name: settings, mountPath: /etc/filo/settings, readOnly: true}
            {{- if $fact.secrets }}
            - {name: secrets, mountPath: /etc/filo/secrets, readOnly: true}
            {{- end }}
            {{- if $tls }}
            - {name: tls, mountPath: /etc/filo/tls, readOnly: true}
            {{- end }}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: settings
          configMap: {name: {{ $name }}}
        {{- if $fact.secrets }}
        - name: secrets
          secret:
            secretName: {{ $root.Values.existingSecret }}
            defaultMode: 0440
            items:
              {{- range $key, $paths := $fact.secrets }}
              {{- range $paths }}
              - {key: {{ $key }}, path: {{ . }}}
              {{- end }}
              {{- end }}
              {{- range $key, $file := $values.secretKeys }}
              - {key: {{ $key }}, path: {{ $file }}}
              {{- end }}
              {{- if $root.Values.mongodb.evaluation.enabled }}
              - {key: mongodb-password, path: filo.mongodb-password}
              {{- else }}
              - {key: {{ get $root.Values.mongodb.uriKeys $part | default "mongodb-uri" }}, path: filo.mongodb.uri}
              {{- with $root.Values.mongodb.caKey }}
              - {key: {{ . }}, path: filo.mongodb.ca}
              {{- end }}
              {{- end }}
        {{- end }}
        {{- if $tls }}
        - name: tls
          secret: {secretName: {{ $root.Values.gateway.grpc.tlsSecret }}, defaultMode: 0440}
        {{- end }}
        - name: tmp
          emptyDir: {sizeLimit: 128Mi}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels: {{- include "filo.labels" . | nindent 4 }}
  {{- if and (eq $part "gateway") $root.Values.gateway.service.annotations }}
  annotations: {{- toYaml $root.Values.gateway.service.annotations | nindent 4 }}
  {{- end }}
spec:
  {{- if eq $fact.service "headless" }}
  # Clients balance call by call over all addresses; a single one would bind each client to one pod.
  clusterIP: None
  {{- else }}
  type: {{ $root.Values.gateway.service.type }}
  {{- end }}
  selector: {{- include "filo.selector" . | nindent 4 }}
  ports:
    {{- if eq $fact.service "headless" }}
    - {name: grpc, port: {{ $fact.ports.grpc }}, targetPort: grpc, appProtocol: kubernetes.io/h2c}
    {{- else }}
    - {name: http, port: 80, targetPort: http}
    {{- if $grpcDoor }}
    - {name: grpc, port: {{ $fact.ports.grpc }}, targetPort: grpc}
    {{- end }}
    {{- end }}
{{- if and (eq $fact.service "headless") $fact.ports.http }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}-http
  labels: {{- include "filo.labels" . | nindent 4 }}
spec:
  selector: {{- include "filo.selector" . | nindent 4 }}
  ports:
    - {name: http, port: {{ $fact.ports.http }}, targetPort: http}
{{- end }}
{{- if $values.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  labels: {{- include "filo.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ $name }}}
  minReplicas: {{ $values.autoscaling.min }}
  maxReplicas: {{ $values.autoscaling.max }}
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ $values.autoscaling.cpuPercent }}}}
  behavior:
    # A JVM that has just started is busy with itself; what is not needed may wait to go.
    scaleUp: {stabilizationWindowSeconds: 60}
    scaleDown: {stabilizationWindowSeconds: 300}
{{- end }}
{{- if gt $least 1 }}
---
# With a single pod there is none: it would only keep its node from being drained.
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels: {{- include "filo.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "filo.selector" . | nindent 6 }}
{{- end }}
{{- if $root.Values.networkPolicy.enabled }}
---
{{ include "filo.partPolicy" (list $root $part $fact $parts) }}
{{- end }}
{{- end }}
