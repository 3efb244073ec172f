# Thin names for the verbs of npm.
.PHONY: setup setup-with-monitoring down

setup:
	npm ci
	npm run infra:up

# Prometheus on port 9090, Grafana on 3000; needs Docker and PLAZA_GRAFANA_PASSWORD.
setup-with-monitoring: setup
	docker compose -f infra/monitoring/compose.yaml up --wait

down:
	-docker compose -f infra/monitoring/compose.yaml down
	npm run infra:down
