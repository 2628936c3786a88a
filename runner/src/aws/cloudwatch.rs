use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, MetricAlarm, StateValue, Statistic,
};
use serde_json::json;

use super::arn;
use super::errors::{fault, found};
use super::moment::Moment;
use super::near;
use super::session::Session;
use crate::core::{Acted, CloudwatchAlarmArgs, Observation, ProbeError, ProbeErrorKind, World};

/// How long after a call AWS may take to tell its metrics and to judge them, in
/// milliseconds.
const AWS_DELAY_MS: i64 = 6 * 60 * 1000;

pub(super) async fn alarm(
    session: &Session,
    moment: &Moment,
    args: &CloudwatchAlarmArgs,
    since: i64,
) -> Result<Observation, ProbeError> {
    let all = moment
        .once("DescribeAlarms".to_owned(), alarms(session))
        .await?;
    let named = |alarm: &&MetricAlarm| alarm.alarm_name() == Some(&args.alarm);
    let Some(alarm) = all.iter().find(named) else {
        let names = all.iter().filter_map(|a| a.alarm_name());
        return Ok(Observation::absent().notes(near::sentence("há um alarme", &args.alarm, names)));
    };
    let state = alarm.state_value().map_or("", StateValue::as_str);
    let periods = alarm.evaluation_periods().unwrap_or(1);
    let needed = alarm.datapoints_to_alarm().unwrap_or(periods);
    let dimensions: BTreeMap<&str, &str> = alarm
        .dimensions()
        .iter()
        .filter_map(|d| Some((d.name()?, d.value()?)))
        .collect();
    let statistic = alarm
        .extended_statistic()
        .or(alarm.statistic().map(Statistic::as_str))
        .unwrap_or_default();
    let mut notes = Vec::new();
    if alarm.metric_name().is_none() {
        notes.push("o alarme vigia uma expressão; o lab espera uma métrica, sem contas".to_owned());
    }
    if needed > 1 {
        notes.push(format!(
            "o alarme só dispara quando {needed} de {periods} períodos são ruins"
        ));
    }
    // Metrics and alarms are late on AWS by minutes: what is late is not wrong.
    let young = jiff::Timestamp::now().as_millisecond() - since < AWS_DELAY_MS;
    let settling = (session.enforces_everything() && state != "ALARM" && young).then(|| {
        "a AWS leva alguns minutos para mostrar uma métrica e julgar o alarme: verifique de novo"
            .to_owned()
    });
    Ok(Observation::present()
        .with(
            "metric",
            [alarm.namespace(), alarm.metric_name()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
        )
        .with("dimensions", json!(dimensions))
        .with("statistic", statistic)
        .with("period", alarm.period().unwrap_or_default())
        .with("periods", needed)
        .with("first_alarming", first_alarming(alarm))
        .with(
            "missing_data",
            alarm.treat_missing_data().unwrap_or("missing"),
        )
        .with(
            "actions",
            alarm
                .alarm_actions()
                .iter()
                .filter(|arn| arn.contains(":sns:"))
                .map(|arn| arn::last(arn))
                .collect::<Vec<_>>(),
        )
        .with("actions_enabled", alarm.actions_enabled() != Some(false))
        .with("state", state)
        .notes(notes)
        .settling(settling))
}

/// The least whole number, from 0 on, that breaks the threshold: the same
/// whichever way a threshold is written. `null` when none does.
fn first_alarming(alarm: &MetricAlarm) -> Option<f64> {
    let threshold = alarm.threshold()?;
    let least = match alarm.comparison_operator()? {
        ComparisonOperator::GreaterThanThreshold => (threshold.floor() + 1.0).max(0.0),
        ComparisonOperator::GreaterThanOrEqualToThreshold => threshold.ceil().max(0.0),
        ComparisonOperator::LessThanThreshold if threshold > 0.0 => 0.0,
        ComparisonOperator::LessThanOrEqualToThreshold if threshold >= 0.0 => 0.0,
        _ => return None,
    };
    Some(least)
}

/// All alarms on one metric or on an expression.
async fn alarms(session: &Session) -> Result<Vec<MetricAlarm>, ProbeError> {
    let mut all = Vec::new();
    let mut next = None;
    loop {
        let page = session
            .cloudwatch
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .set_next_token(next)
            .send()
            .await
            .map_err(|e| fault("DescribeAlarms", &e))?;
        all.extend(page.metric_alarms.unwrap_or_default());
        next = page.next_token;
        if next.is_none() {
            return Ok(all);
        }
    }
}

/// The alarm with this name; `None` when there is none.
pub(super) async fn by_name(
    session: &Session,
    name: &str,
) -> Result<Option<MetricAlarm>, ProbeError> {
    let call = session.cloudwatch.describe_alarms().alarm_names(name);
    let answer = call.send().await.map_err(|e| fault("DescribeAlarms", &e))?;
    let all = answer.metric_alarms.unwrap_or_default();
    Ok(all.into_iter().find(|a| a.alarm_name() == Some(name)))
}

pub(super) async fn set_state(
    session: &Session,
    alarm: &str,
    state: &str,
) -> Result<Acted, ProbeError> {
    let call = session.cloudwatch.set_alarm_state().alarm_name(alarm);
    let answer = call
        .state_value(StateValue::from(state))
        .state_reason("lab check: antes de provocar um erro")
        .send()
        .await;
    match found("SetAlarmState", answer)? {
        Some(_) => Ok(Acted::default()),
        None => Err(ProbeError {
            kind: ProbeErrorKind::Missing,
            operation: "SetAlarmState".to_owned(),
            message: format!("o alarme `{alarm}` não existe"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(how: ComparisonOperator, threshold: f64) -> MetricAlarm {
        MetricAlarm::builder()
            .comparison_operator(how)
            .threshold(threshold)
            .build()
    }

    #[test]
    fn a_threshold_says_the_same_however_it_is_written() {
        use ComparisonOperator::{
            GreaterThanOrEqualToThreshold as AtLeast, GreaterThanThreshold as MoreThan,
            LessThanThreshold as LessThan,
        };
        for (how, threshold, first) in [
            (AtLeast, 1.0, Some(1.0)),
            (MoreThan, 0.0, Some(1.0)),
            (MoreThan, 0.5, Some(1.0)),
            (AtLeast, 0.5, Some(1.0)),
            (MoreThan, 1.0, Some(2.0)),
            (AtLeast, 0.0, Some(0.0)),
            (AtLeast, -1.0, Some(0.0)),
            (LessThan, 1.0, Some(0.0)),
            (LessThan, 0.0, None),
        ] {
            let told = first_alarming(&alarm(how.clone(), threshold));
            assert_eq!(told, first, "{how:?} {threshold}");
        }
    }
}
