// O livro ao lado do `lab` (`lab book serve`): o que o diário sabe de cada passo,
// o botão que verifica, o mapa como foi visto por último, as perguntas que valem.
// O que vem da conta da AWS entra na página como texto, nunca como HTML.
'use strict';

(function live() {
    const notices = document.querySelectorAll('.lab-aviso[data-lab]');
    const GONE = 'O livro não responde: o `lab book serve` foi fechado? Abra-o de novo no terminal.';

    async function ask(path, body) {
        const options = body === undefined ? {} : {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
        };
        let answer;
        try {
            answer = await fetch('/api/labs/' + path, options);
        } catch {
            throw new Error(GONE);
        }
        if (!answer.ok) {
            const told = await answer.json().catch(() => null);
            throw new Error(told && told.error ? sentence(told.error) : GONE);
        }
        return answer;
    }

    function sentence(error) {
        const text = [error.message].concat(error.hints).join('. ');
        return text.charAt(0).toUpperCase() + text.slice(1) + '.';
    }

    if (window.labQuiz) {
        window.labQuiz.grade = async (form, answers) => {
            const answer = await ask(form.dataset.quiz + '/quiz', { answers });
            return (await answer.json()).answers;
        };
    }
    // Na página de imprimir estão todos os labs: ali nada é verificado.
    if (notices.length !== 1) {
        return;
    }
    const notice = notices[0];
    const lab = notice.dataset.lab;
    const steps = Array.from(document.querySelectorAll('.lab-verifica[data-passo]'));
    const buttons = [];
    let signs = {};
    let running = false;

    function make(tag, className, text) {
        const element = document.createElement(tag);
        if (className) {
            element.className = className;
        }
        if (text) {
            write(element, text);
        }
        return element;
    }

    // Texto, com o que está entre crases como código.
    function write(element, text) {
        element.textContent = '';
        text.split('`').forEach((part, index) => {
            if (index % 2 === 1) {
                const code = document.createElement('code');
                code.className = 'hljs';
                code.textContent = part;
                element.append(code);
            } else {
                element.append(part);
            }
        });
    }

    // Um sinal e uma palavra, nunca só uma cor.
    function badge(standing) {
        const [sign, word] = signs[standing];
        const element = make('span', 'lab-sinal lab-' + standing);
        const shape = make('span', '', sign + ' ');
        shape.setAttribute('aria-hidden', 'true');
        element.append(shape, word);
        return element;
    }

    function replace(place, selector, element) {
        const old = place.querySelector(':scope > ' + selector);
        if (old) {
            old.replaceWith(element);
        } else {
            place.prepend(element);
        }
    }

    const item = id => document.querySelector('[data-verificacao="' + id + '"]');
    const checks = place => Array.from(place.querySelectorAll('[data-verificacao]'));

    function mark(id, standing, more) {
        const place = item(id);
        if (place) {
            place.replaceChildren(badge(standing), more || ' ');
        }
    }

    // --- o que falta em uma verificação ------------------------------------

    function pair(list, name, value) {
        list.append(make('dt', '', name));
        const text = make('dd');
        text.append(value);
        list.append(text);
    }

    function lines(text) {
        const all = make('span', 'lab-linhas');
        write(all, text);
        return all;
    }

    function link(id) {
        const place = item(id);
        const anchor = make('a');
        anchor.href = '#' + id.split('/')[0];
        const says = place && place.closest('li').cloneNode(true);
        if (says) {
            says.querySelectorAll('[data-verificacao], .lab-config, dl').forEach(e => e.remove());
        }
        anchor.textContent = says ? says.textContent.trim() : id;
        return anchor;
    }

    function explain(event) {
        const place = item(event.result.id);
        if (!place) {
            return;
        }
        const result = event.result;
        mark(result.id, result.verdict);
        const li = place.closest('li');
        const old = li.querySelector('.lab-detalhe');
        if (old) {
            old.remove();
        }
        const list = make('dl', 'lab-detalhe lab-' + result.verdict);
        if (result.dependency) {
            pair(list, 'Depende de', link(result.dependency));
        }
        const cause = result.cause;
        if (cause) {
            if (cause.first_cause) {
                pair(list, 'Primeira causa', link(cause.first_cause));
            }
            if (cause.expected) {
                pair(list, 'Esperado', lines(cause.expected));
            }
            if (cause.actual) {
                pair(list, 'Observado', lines(cause.actual));
            }
            if (!cause.expected && !cause.actual) {
                pair(list, 'Motivo', lines(cause.rationale));
            }
            cause.notes.forEach(note => pair(list, 'Repare', lines(note)));
            pair(list, 'Dica', lines(cause.help));
            if (cause.command) {
                const command = make('code', 'lab-comando');
                command.textContent = cause.command;
                pair(list, 'Veja', command);
            }
            if (event.book) {
                const read = make('a', '', 'no livro');
                read.href = '/' + event.book;
                pair(list, 'Leia', read);
            }
        }
        if (list.children.length > 0) {
            li.append(list);
        }
    }

    // --- o que o diário sabe ------------------------------------------------

    // Quando foi vista por último cada verificação que está na página, e as que
    // esta página acabou de fazer: delas o diário guarda menos do que já se lê.
    const known = new Map();
    const judgedHere = new Set();

    function points(step) {
        return step.passed
            ? 'passo feito: ' + step.earned + ' de ' + step.max + ' pontos'
            : 'vale ' + step.max + ' pontos';
    }

    function showStep(step) {
        const place = steps.find(s => s.dataset.passo === step.id);
        if (!place) {
            return;
        }
        const line = place.querySelector('.lab-situacao');
        const when = step.seen && new Date(step.seen).toLocaleString('pt-BR',
            { dateStyle: 'short', timeStyle: 'short' });
        line.replaceChildren(badge(step.standing),
            ' ' + (when ? 'visto em ' + when + ' · ' : '') + points(step));
        for (const check of step.checks) {
            if (judgedHere.delete(check.id) || known.get(check.id) === check.seen) {
                mark(check.id, check.standing);
            } else {
                explain(check.told || { result: { id: check.id, verdict: check.standing } });
            }
            known.set(check.id, check.seen);
        }
        const heading = document.getElementById(step.id);
        if (heading) {
            heading.querySelectorAll(':scope > .lab-sinal').forEach(e => e.remove());
            if (step.standing !== 'unseen') {
                heading.append(badge(step.standing));
            }
        }
    }

    function showMap(map) {
        const parts = map.nodes.map(node => ['[data-no="' + node.id + '"]', node.standing])
            .concat(map.flows.map(flow =>
                ['[data-de="' + flow.from + '"][data-para="' + flow.to + '"]', flow.standing]));
        for (const [selector, standing] of parts) {
            for (const part of document.querySelectorAll('.lab-mapa ' + selector)) {
                if (part.tagName === 'LI') {
                    replace(part, '.lab-sinal', badge(standing));
                    continue;
                }
                part.setAttribute('class', 'lab-' + standing);
                const title = part.querySelector('.servico, .fluxo > tspan');
                const old = title.querySelector('.sinal');
                if (old) {
                    old.remove();
                }
                const sign = document.createElementNS('http://www.w3.org/2000/svg', 'tspan');
                sign.setAttribute('class', 'sinal');
                sign.textContent = standing === 'unseen' ? '' : signs[standing][0] + ' ';
                title.prepend(sign);
            }
        }
    }

    function showNames(names) {
        for (const place of document.querySelectorAll('[data-nome]')) {
            const name = names[place.dataset.nome];
            if (name !== undefined && place.textContent !== name) {
                place.textContent = name;
            }
        }
    }

    const whole = make('div', 'lab-inteiro');
    const score = make('p', 'lab-situacao');
    const news = make('p', 'lab-novas');
    news.setAttribute('role', 'status');

    function show(state) {
        signs = state.signs;
        showNames(state.names);
        state.steps.forEach(showStep);
        showMap(state.map);
        const done = state.steps.filter(step => step.passed).length;
        const place = state.target === 'aws' ? 'na sua conta da AWS' : 'no sandbox';
        score.textContent = 'Seu progresso, ' + place + ': ' + done + ' de ' + state.steps.length
            + ' passos · ' + state.points.earned + ' de ' + state.points.max + ' pontos · '
            + state.quiz.right + ' de ' + state.quiz.total + ' perguntas';
    }

    // --- verificar ----------------------------------------------------------

    function busy(now) {
        running = now;
        for (const button of buttons) {
            // `disabled` tiraria o foco de quem acabou de apertar.
            button.setAttribute('aria-disabled', String(now));
        }
    }

    async function events(answer, each) {
        const reader = answer.body.getReader();
        const decoder = new TextDecoder();
        let rest = '';
        for (;;) {
            const { done, value } = await reader.read().catch(() => { throw new Error(GONE); });
            rest += done ? '' : decoder.decode(value, { stream: true });
            const all = rest.split('\n');
            rest = all.pop();
            all.forEach(line => each(JSON.parse(line)));
            if (done) {
                return;
            }
        }
    }

    async function verify(step, place, said) {
        if (running) {
            return;
        }
        busy(true);
        place.setAttribute('aria-busy', 'true');
        const total = checks(place).length;
        const judged = new Set();
        let ended = false;
        said.textContent = 'Verificando…';
        try {
            const answer = await ask(lab + '/check', step ? { step } : {});
            await events(answer, event => {
                if (event.event === 'verdict') {
                    explain(event);
                    judgedHere.add(event.result.id);
                    const own = item(event.result.id);
                    if (own && place.contains(own)) {
                        judged.add(event.result.id);
                        said.textContent = 'Verificando… ' + judged.size + ' de ' + total;
                    }
                } else if (event.event === 'waiting' && item(event.id)) {
                    mark(event.id, 'pending', ' (até ' + event.seconds + ' s) ');
                } else if (event.event === 'end') {
                    ended = true;
                    show(event.state);
                    const { passed, total: all } = event.checks;
                    said.textContent = event.interrupted
                        ? 'Interrompido: o que não foi julgado não conta.'
                        : (event.passed ? '✔ ' : '') + passed + ' de ' + all
                            + (all === 1 ? ' verificação passou.' : ' verificações passaram.');
                } else if (event.event === 'error') {
                    throw new Error(sentence(event.error));
                }
            });
            if (!ended) {
                throw new Error(GONE);
            }
        } catch (error) {
            write(said, error.message);
        }
        place.setAttribute('aria-busy', 'false');
        busy(false);
    }

    function button(text, step, place, said) {
        const element = make('button', 'lab-verificar', text);
        element.type = 'button';
        element.addEventListener('click', () => verify(step, place, said));
        buttons.push(element);
        return element;
    }

    // --- começo -------------------------------------------------------------

    function build() {
        whole.append(score, button('Verificar o lab inteiro', null, document.querySelector('main'), news), news);
        notice.after(whole);
        for (const place of steps) {
            const situation = make('p', 'lab-situacao');
            const said = make('p', 'lab-novas');
            said.setAttribute('role', 'status');
            const own = button('Verificar', place.dataset.passo, place, said);
            const heading = document.getElementById(place.dataset.passo);
            own.setAttribute('aria-label', 'Verificar o passo ' + (heading ? heading.textContent.trim() : ''));
            place.append(situation, own, said);
        }
    }

    async function refresh() {
        const answer = await ask(lab);
        const state = await answer.json();
        show(state);
        return state;
    }

    (async function begin() {
        build();
        try {
            const state = await refresh();
            const form = document.querySelector('.lab-quiz[data-vale]');
            if (form) {
                form.labRestore(state.quiz.answers);
            }
        } catch (error) {
            write(news, error.message);
        }
    })();

    // De volta do terminal, a página mostra o que ele fez.
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible' && !running) {
            refresh().catch(error => write(news, error.message));
        }
    });
})();
