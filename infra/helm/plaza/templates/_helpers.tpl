{{/* The name before every part's own. */}}
{{- define "plaza.name" -}}
{{- if contains "plaza" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-plaza" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "plaza.selector" -}}
app.kubernetes.io/name: plaza
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "plaza.labels" -}}
{{ include "plaza.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "plaza.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag }}{{ end }}
{{- end }}

{{/* Where every subgraph is; `self` listens on all of its pod's addresses. */}}
{{- define "plaza.ports" -}}
{{- $ports := dict -}}
{{- range $name, $subgraph := .root.Values.subgraphs -}}
{{- $host := ternary "0.0.0.0" (printf "%s-%s" (include "plaza.name" $.root) $name) (eq $name $.self) -}}
{{- $_ := set $ports $name (printf "http://%s:%d" $host (int $subgraph.port)) -}}
{{- end -}}
{{- toJson $ports -}}
{{- end }}

{{/* Variables of every process. */}}
{{- define "plaza.env" -}}
- { name: NODE_ENV, value: production }
- { name: PLAZA_PROFILE, value: {{ .root.Values.profile | quote }} }
- { name: PLAZA_PUBLIC_URL, value: {{ .root.Values.publicUrl | quote }} }
- { name: PLAZA_PORTS, value: {{ include "plaza.ports" . | quote }} }
- { name: PLAZA_INTERNAL_SECRET_FILE, value: /secrets/internal-secret }
- { name: PLAZA_DATA_DIR, value: /data }
- { name: PLAZA_LEAVE_SECONDS, value: {{ .root.Values.leaveSeconds | quote }} }
- { name: PLAZA_STOP_SECONDS, value: {{ .root.Values.stopSeconds | quote }} }
- { name: LOG_LEVEL, value: {{ .root.Values.logLevel | quote }} }
{{- end }}

{{/* What every pod is held to. */}}
{{- define "plaza.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "plaza.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* A process of Plaza: `root`, `part`, `program`, `settings` (replicas, port, …), `env` (a list, as text), `readyPath`, `self`. */}}
{{- define "plaza.process" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "plaza.name" .root }}-{{ .part }}
  labels: {{ include "plaza.labels" . | nindent 4 }}
spec:
  {{- if not .settings.autoscaling.enabled }}
  replicas: {{ .settings.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector:
    matchLabels: {{ include "plaza.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{ include "plaza.labels" . | nindent 8 }}
      annotations:
        prometheus.io/scrape: 'true'
        prometheus.io/path: /metrics
        prometheus.io/port: {{ .settings.port | quote }}
    spec:
      {{- include "plaza.podSecurity" .root | nindent 6 }}
      terminationGracePeriodSeconds: {{ add .root.Values.leaveSeconds .root.Values.stopSeconds 10 }}
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{ include "plaza.selector" $ | nindent 14 }}
        {{- end }}
      containers:
        - name: {{ .part }}
          image: {{ include "plaza.image" .root }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [built/{{ .program }}.js]
          env:
            {{- include "plaza.env" . | nindent 12 }}
            {{- .env | nindent 12 }}
            {{- range $name, $value := .settings.env }}
            - { name: {{ $name }}, value: {{ $value | quote }} }
            {{- end }}
          envFrom:
            - secretRef: { name: {{ .root.Values.secrets.engines }} }
          ports:
            - { name: http, containerPort: {{ .settings.port }} }
          startupProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet: { path: {{ .readyPath }}, port: http }
            periodSeconds: 2
            timeoutSeconds: 3
            failureThreshold: 2
          resources: {{ toYaml .settings.resources | nindent 12 }}
          securityContext: {{ include "plaza.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: secrets, mountPath: /secrets, readOnly: true }
            - { name: data, mountPath: /data }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: secrets
          secret:
            secretName: {{ .root.Values.secrets.internal }}
            items: [{ key: internal-secret, path: internal-secret }]
            defaultMode: 0440
        - name: data
          emptyDir: { sizeLimit: {{ .settings.scratch | default "1Gi" }} }
        - name: tmp
          emptyDir: { sizeLimit: {{ .settings.scratch | default "1Gi" }} }
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "plaza.name" .root }}-{{ .part }}
  labels: {{ include "plaza.labels" . | nindent 4 }}
spec:
  selector: {{ include "plaza.selector" . | nindent 4 }}
  ports:
    - { name: http, port: {{ .settings.port }}, targetPort: http }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "plaza.name" .root }}-{{ .part }}
  labels: {{ include "plaza.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{ include "plaza.selector" . | nindent 6 }}
{{- if .settings.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "plaza.name" .root }}-{{ .part }}
  labels: {{ include "plaza.labels" . | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ include "plaza.name" .root }}-{{ .part }} }
  minReplicas: {{ .settings.replicas }}
  maxReplicas: {{ .settings.autoscaling.most }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ .settings.autoscaling.cpuPercent }} }
  behavior:
    # Sockets that a gateway holds come again all at once when it leaves: down slowly, up at once.
    scaleDown:
      stabilizationWindowSeconds: 600
      policies: [{ type: Pods, value: 1, periodSeconds: 120 }]
{{- end }}
{{- end }}
