{{/* A pod that runs one command of the demo image against the gateway: (list root command environment). */}}
{{- define "filo.visitorPod" -}}
{{- $root := index . 0 -}}
restartPolicy: {{ index . 3 }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "filo.podSecurity" 10001 | nindent 2 }}
containers:
  - name: visitor
    image: {{ include "filo.image" (list $root (index . 1)) }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    securityContext: {{- include "filo.containerSecurity" . | nindent 6 }}
    {{- toYaml (index . 2) | nindent 4 }}
    resources:
      requests: {cpu: 50m, memory: 192Mi}
      limits: {memory: 384Mi}
    volumeMounts: [{name: tmp, mountPath: /tmp}{{ if eq (index . 3) "OnFailure" }}, {name: secrets, mountPath: /etc/filo/secrets, readOnly: true}{{ end }}]
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
  {{- if eq (index . 3) "OnFailure" }}
  - name: secrets
    secret:
      secretName: {{ $root.Values.existingSecret }}
      defaultMode: 0440
      items: [{key: service-secret, path: service-secret}]
  {{- end }}
{{- end }}
