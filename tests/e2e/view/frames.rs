//! What is on the screen, at the sizes that people have.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};
use runner::watch::{Event, Hint, Key, Plan, Task, draw};
use snapbox::{assert_data_eq, str};

use super::{View, absent, open};

/// The frame as text; what is behind the last letter of a line is cut.
fn frame(view: &mut View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut extents = None;
    terminal
        .draw(|frame| extents = Some(draw(frame, &view.state, true)))
        .unwrap();
    view.state.fit(extents.unwrap());
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(width.into());
    rows.map(|row| {
        let line: String = row.iter().map(|cell| cell.symbol()).collect();
        format!("{}\n", line.trim_end())
    })
    .collect()
}

/// A learner who has begun, and has asked for a hint.
fn begun() -> View {
    let mut view = View::new();
    view.after(0);
    view.graded(Task::Look, absent());
    view.after(3);
    view.graded(Task::Look, open());
    view.graded(Task::Step, open());
    view
}

#[test]
fn eighty_by_twenty_four() {
    assert_data_eq!(frame(&mut begun(), 80, 24), str![[r#""#]]);
}

#[test]
fn a_hundred_and_twenty_by_forty() {
    assert_data_eq!(frame(&mut begun(), 120, 40), str![[r#""#]]);
}

#[test]
fn sixty_by_eighteen() {
    assert_data_eq!(frame(&mut begun(), 60, 18), str![[r#""#]]);
}

#[test]
fn a_hint() {
    let mut view = begun();
    view.event(Event::Hint(Hint {
        step: "bucket".into(),
        title: "dica 1 de 3".into(),
        text: "Um bucket tem quatro travas, e o lab pede as quatro.".into(),
        next: "Tente e rode `lab check bucket`.".into(),
    }));
    assert_data_eq!(frame(&mut view, 60, 18), str![[r#""#]]);
}

#[test]
fn the_map_the_steps_the_help_and_a_plan() {
    let mut view = begun();
    view.key('m');
    assert_data_eq!(frame(&mut view, 60, 18), str![[r#""#]]);
    view.key('q');
    view.key('l');
    assert_data_eq!(frame(&mut view, 80, 14), str![[r#""#]]);
    view.key('q');
    view.key('?');
    assert_data_eq!(frame(&mut view, 80, 24), str![[r#""#]]);
    view.key('q');
    view.event(Event::Plan(Plan {
        doomed: vec![("bucket".into(), "ana-7k3f-notas".into(), "3 objetos".into())],
        staying: vec![],
    }));
    assert_data_eq!(frame(&mut view, 80, 14), str![[r#""#]]);
}

#[test]
fn no_size_is_too_small_and_everything_can_be_reached() {
    let mut view = begun();
    for panel in ["", "m", "l", "?"] {
        for key in panel.chars() {
            view.key(key);
        }
        for (width, height) in [(1, 1), (8, 2), (20, 5), (40, 8), (79, 23), (200, 60)] {
            frame(&mut view, width, height);
        }
        view.event(Event::Key(Key::Esc));
    }
    // Down to the end of the text, and a hundred times further.
    for _ in 0..200 {
        view.event(Event::Key(Key::Down));
        frame(&mut view, 60, 18);
    }
    assert!(frame(&mut view, 60, 18).contains("↑ mais"));
    view.event(Event::Key(Key::Up));
    assert!(frame(&mut view, 60, 18).contains("↓ 1"));
}

#[test]
fn only_the_sixteen_colours_and_none_when_there_are_to_be_none() {
    let view = begun();
    for coloured in [true, false] {
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        terminal
            .draw(|frame| {
                draw(frame, &view.state, coloured);
            })
            .unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for cell in terminal.backend().buffer().content() {
            assert_eq!(cell.bg, Color::Reset, "the terminal's own background");
            seen.insert(format!("{:?}", cell.fg));
            assert!(!cell.modifier.contains(Modifier::REVERSED));
        }
        let plain = ["Blue", "Cyan", "Green", "Red", "Reset", "Yellow"];
        let expected: &[&str] = if coloured { &plain } else { &["Reset"] };
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
    }
}
