//! What the view does when something happens.

use runner::core::Verdict;
use runner::watch::{Effect, Event, Hint, Key, Plan, Removal, Task};

use super::{View, absent, open, run};

const DONE: [Verdict; 2] = [Verdict::Pass, Verdict::Pass];

#[test]
fn a_look_that_tells_nothing_new_is_no_attempt() {
    let mut view = View::new();
    assert_eq!(view.after(0), run(Task::Look));
    assert_eq!(view.after(0), [], "one at a time");
    assert_eq!(view.graded(Task::Look, absent()), []);
    assert_eq!(view.after(1), [], "not yet");
    assert_eq!(view.after(2), run(Task::Look));
    assert_eq!(view.graded(Task::Look, absent()), []);
}

#[test]
fn what_changed_in_the_account_is_checked() {
    let mut view = View::new();
    view.after(0);
    view.graded(Task::Look, absent());
    view.after(3);
    assert_eq!(view.graded(Task::Look, open()), run(Task::Step));
    assert_eq!(view.graded(Task::Step, open()), []);
    // The same once more is no change.
    assert_eq!(view.after(30), run(Task::Look));
    assert_eq!(view.graded(Task::Look, open()), []);
}

#[test]
fn what_was_built_before_the_view_was_opened_is_seen() {
    let mut view = View::new();
    view.after(0);
    assert_eq!(view.graded(Task::Look, DONE), run(Task::Step));
}

#[test]
fn what_could_not_be_looked_at_is_no_change() {
    let mut view = View::new();
    let blind = || {
        let error = runner::core::ProbeError {
            kind: runner::core::ProbeErrorKind::Offline,
            operation: "HeadBucket".to_owned(),
            message: "ninguém responde".to_owned(),
        };
        [Verdict::Pass, Verdict::Unknown(error)]
    };
    view.after(0);
    assert_eq!(view.graded(Task::Look, blind()), []);
    let said = view.state.take_said().join("\n");
    assert!(said.contains("O sandbox caiu?"), "{said}");
    view.after(10);
    view.graded(Task::Look, blind());
    assert!(view.state.take_said().is_empty(), "said once");
    view.after(30);
    view.graded(Task::Look, absent());
    view.key('r');
    view.graded(Task::Step, blind());
    let said = view.state.take_said().join("\n");
    assert!(
        said.contains("Não foi possível olhar: sem conexão. O sandbox caiu?"),
        "{said}"
    );
}

#[test]
fn a_step_that_has_passed_costs_no_call() {
    let mut view = View::new();
    view.after(0);
    view.graded(Task::Look, DONE);
    view.graded(Task::Step, DONE);
    for _ in 0..20 {
        assert_eq!(view.after(30), []);
    }
    let Some(Effect::Grade { task, step }) = view.key('n').pop() else {
        panic!("the next step is looked at");
    };
    assert_eq!((task, step.as_str()), (Task::Look, "tabela"));
}

#[test]
fn a_file_that_changes_is_a_reason_to_check() {
    let mut view = View::new();
    view.after(0);
    view.graded(Task::Look, absent());
    assert_eq!(view.event(Event::File("app.py".into())), run(Task::Step));
    // Once more while that is being done: afterwards.
    assert_eq!(view.event(Event::File("app.py".into())), []);
    view.graded(Task::Step, absent());
    assert_eq!(view.after(6), run(Task::Step));
}

#[test]
fn a_check_that_tells_nothing_new_is_not_made_again_at_once() {
    let mut view = View::new();
    view.after(0);
    view.graded(Task::Look, absent());
    view.after(3);
    view.graded(Task::Look, open());
    view.graded(Task::Step, absent());
    // Something that changes all the time and never decides anything.
    let mut checks = 0;
    for second in 0..600 {
        for effect in view.after(1) {
            let Effect::Grade { task, .. } = effect else {
                continue;
            };
            checks += u32::from(task == Task::Step);
            let seen = if second % 2 == 0 { open() } else { absent() };
            for effect in view.graded(task, if task == Task::Step { absent() } else { seen }) {
                checks += u32::from(effect == run(Task::Step)[0]);
                view.graded(Task::Step, absent());
            }
        }
    }
    assert!((1..=10).contains(&checks), "{checks} checks in ten minutes");
}

#[test]
fn keys_ask_for_checks_hints_and_the_next_step() {
    let mut view = View::new();
    assert_eq!(view.key('r'), run(Task::Step));
    assert_eq!(view.key('c'), [], "busy");
    view.graded(Task::Step, absent());
    assert_eq!(view.key('c'), run(Task::Lab));
    view.graded(Task::Lab, absent());
    let step = "bucket".to_owned();
    assert_eq!(view.key('h'), [Effect::Hint { step }]);
    assert_eq!(view.key('n'), [], "the step has not passed");
    // Another step is a number or an Enter away.
    view.key('l');
    view.event(Event::Key(Key::Down));
    let gone = view.event(Event::Key(Key::Enter));
    assert!(
        matches!(&gone[..], [Effect::Grade { step, .. }] if step == "tabela"),
        "{gone:?}"
    );
}

#[test]
fn a_reset_shows_its_plan_and_only_s_agrees() {
    let mut view = View::new();
    let plan = || Plan {
        doomed: vec![("bucket".into(), "ana-7k3f-notas".into(), "0 objetos".into())],
        staying: vec![],
    };
    let step = "bucket".to_owned();
    assert_eq!(view.key('x'), [Effect::Plan { step }]);
    view.event(Event::Plan(plan()));
    assert_eq!(view.event(Event::Key(Key::Enter)), []);
    view.key('x');
    view.event(Event::Plan(plan()));
    assert_eq!(view.key('s'), [Effect::Reset]);
    let removed = Removal {
        deleted: 1,
        failed: vec![],
    };
    assert_eq!(view.event(Event::Removed(removed)), run(Task::Step));
    view.graded(Task::Step, absent());
    // Where there is nothing to remove nothing is asked.
    view.key('x');
    view.event(Event::Plan(Plan::default()));
    assert_eq!(view.key('s'), []);
}

#[test]
fn leaving_takes_back_what_a_check_made() {
    let mut view = View::new();
    assert_eq!(view.key('q'), [Effect::Quit]);
    let mut view = View::new();
    view.key('r');
    assert_eq!(view.event(Event::Key(Key::Stop)), [Effect::Interrupt]);
    assert_eq!(view.graded(Task::Step, absent()), [Effect::Quit]);
}

#[test]
fn everything_is_said_aloud() {
    let mut view = View::new();
    let begin = view.state.take_said().join("\n");
    assert!(
        begin.contains("passo 1 de 7, 10 pontos\n# Um bucket fechado"),
        "{begin}"
    );
    view.key('r');
    view.graded(Task::Step, open());
    let said = view.state.take_said().join("\n");
    for part in [
        "OK: O bucket `ana-7k3f-notas` existe na sua Região",
        "FALHOU: ",
        "observado: [\"BlockPublicPolicy\",\"RestrictPublicBuckets\"]",
        "1 de 2 verificações passaram.",
    ] {
        assert!(said.contains(part), "«{part}» is missing in:\n{said}");
    }
    view.event(Event::Hint(Hint {
        step: "bucket".into(),
        title: "dica 1 de 3".into(),
        text: "Um bucket tem quatro travas.".into(),
        next: "Tente.".into(),
    }));
    assert_eq!(
        view.state.take_said(),
        ["dica 1 de 3: Um bucket tem quatro travas.", "Tente."]
    );
    view.key('r');
    view.graded(Task::Step, DONE);
    let said = view.state.take_said().join("\n");
    assert!(said.contains("Passo feito: mais 10 pontos."), "{said}");
    assert!(
        !said.contains("OK: O bucket `ana-7k3f-notas` existe"),
        "told once:\n{said}"
    );
    for sign in ["✔", "✘", "○", "│"] {
        assert!(!said.contains(sign), "{said}");
    }
}
