//! Logs, metrics, alarms and dashboards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::args;
use crate::core::observation::{FactKind, FactSpec};

args! {
    /// A log group. `DescribeLogGroups`.
    LogGroupArgs {
        /// Name of the log group, such as `/aws/lambda/a-function`.
        group: String,
    }
    missing "o grupo de log `{group}` não existe"
    facts {
        retention: Number "dias que o grupo guarda os logs (0: para sempre)",
    }

    /// A function's metric filter, tried on what two calls of it write.
    /// `DescribeMetricFilters`, `Invoke`, `TestMetricFilter`.
    LogMetricArgs {
        /// Function name.
        function: String,
        /// Namespace of the metric.
        namespace: String,
        /// Name of the metric.
        metric: String,
        /// An event that is to be counted.
        event: Value,
        /// An event that is not to be counted.
        other: Value,
    }
    missing "nenhum filtro do grupo `/aws/lambda/{function}` conta na métrica `{metric}` de `{namespace}`"
    facts {
        pattern: Text "padrão do filtro",
        value: Text "valor que cada linha soma",
        dimensions: Record "dimensões da métrica",
        counted: Number "linhas contadas na chamada que deve contar",
        miscounted: Number "linhas contadas na chamada que não deve contar",
    }

    /// An alarm and its state. `DescribeAlarms`.
    CloudwatchAlarmArgs {
        /// Alarm name.
        alarm: String,
    }
    missing "o alarme `{alarm}` não existe"
    facts {
        metric: Text "métrica vigiada",
        dimensions: Record "dimensões da métrica",
        statistic: Text "estatística",
        period: Number "período em segundos",
        periods: Number "períodos ruins que o alarme espera",
        first_alarming: Number "menor valor inteiro que faz o alarme disparar",
        missing_data: Text "como os períodos sem dados são tratados",
        actions: List "tópicos avisados quando o alarme dispara",
        actions_enabled: Bool "as ações do alarme estão ligadas",
        state: Text "estado do alarme",
    }

    /// A dashboard and the metrics that it draws. `GetDashboard`.
    CloudwatchDashboardArgs {
        /// Dashboard name.
        dashboard: String,
        /// Metrics that it has to draw, such as
        /// `AWS/Lambda Errors FunctionName=a-function Sum`.
        metrics: Vec<String>,
    }
    missing "o painel `{dashboard}` não existe"
    facts {
        widgets: Number "quadros do painel",
        drawn: List "métricas no painel",
        undrawn: List "métricas que faltam no painel",
    }
}
