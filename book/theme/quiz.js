// As perguntas de um lab. No livro publicado elas são treino: as respostas estão
// na página como somas, e as razões embaralhadas, para que ninguém as veja antes
// de responder. O mesmo cálculo está em runner/src/book/seal.rs; uma soma mais
// forte não esconderia mais, porque dá para tentar todas as opções, e esta
// funciona em qualquer endereço. Ao lado do `lab`, vivo.js pergunta a ele.
'use strict';

window.labQuiz = (function quizzes() {
    function halves(text) {
        let a = 0xdeadbeef, b = 0x41c6ce57;
        for (let i = 0; i < text.length; i++) {
            const unit = text.charCodeAt(i);
            a = Math.imul(a ^ unit, 2654435761);
            b = Math.imul(b ^ unit, 1597334677);
        }
        a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
        b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
        return [b >>> 0, a >>> 0];
    }

    function hash(text) {
        return halves(text).map(n => n.toString(16).padStart(8, '0')).join('');
    }

    function open(sealed, key) {
        const bytes = new Uint8Array(sealed.length / 2);
        let stream = '';
        for (let i = 0; i < bytes.length; i++) {
            if (i % 8 === 0) {
                stream = hash(key + '\n' + i / 8);
            }
            const at = i % 8 * 2;
            bytes[i] = parseInt(sealed.substr(2 * i, 2), 16) ^ parseInt(stream.substr(at, 2), 16);
        }
        return new TextDecoder().decode(bytes);
    }

    // Como runner/src/core/fold.rs: maiúsculas, acentos e espaços em volta não contam.
    function fold(text) {
        return text.trim().normalize('NFC').toLowerCase()
            .replace(/[áàâãä]/g, 'a').replace(/[éêèë]/g, 'e').replace(/[íïì]/g, 'i')
            .replace(/[óôõöò]/g, 'o').replace(/[úüù]/g, 'u').replace(/ç/g, 'c');
    }

    const inputs = question => Array.from(question.querySelectorAll('input'));

    function given(question) {
        const id = question.dataset.id;
        if (question.dataset.tipo === 'curta') {
            return { id, text: inputs(question)[0].value.trim() };
        }
        return { id, chosen: inputs(question).filter(i => i.checked).map(i => Number(i.value)) };
    }

    const empty = answer => (answer.text === undefined ? answer.chosen.length === 0 : answer.text === '');

    // Julga na própria página, com o que está nela.
    async function practice(form, answers) {
        return answers.map(answer => {
            const question = form.querySelector('[data-id="' + answer.id + '"]');
            const key = answer.id + '\n' + (answer.chosen ? answer.chosen.join(',') : fold(answer.text));
            const found = question.dataset.certas.split(' ')
                .map(pair => pair.split(':')).find(pair => pair[0] === hash(key));
            const reasons = (answer.chosen || []).map(option => {
                const sealed = question.querySelectorAll('.lab-razao')[option].dataset.razao;
                return { option, html: open(sealed, answer.id + '\n?' + option) };
            });
            return { id: answer.id, right: Boolean(found), reasons, context: found ? open(found[1], key) : null };
        });
    }

    // O HTML é sempre do curso: razões e contextos, nunca o que foi respondido.
    function say(element, html) {
        element.innerHTML = html;
        element.hidden = !html;
        // Como book.js faz com o código que já está na página.
        element.querySelectorAll('code').forEach(code => code.classList.add('hljs'));
    }

    function clear(question) {
        question.classList.remove('certa', 'errada');
        for (const text of question.querySelectorAll('.lab-razao, .lab-veredito')) {
            say(text, '');
        }
    }

    function show(question, result) {
        clear(question);
        const reasons = question.querySelectorAll('.lab-razao');
        for (const reason of result.reasons) {
            say(reasons[reason.option], reason.html);
        }
        question.classList.add(result.right ? 'certa' : 'errada');
        const several = question.dataset.tipo === 'varias';
        say(question.querySelector('.lab-veredito'), result.right
            ? '<strong>✔ Certo.</strong> ' + result.context
            : '<strong>✘ Ainda não.</strong>' + (several
                ? ' Falta alguma opção, ou há uma a mais.' : ''));
    }

    function lock(question, locked) {
        inputs(question).forEach(input => { input.disabled = locked; });
    }

    const locked = question => inputs(question).every(input => input.disabled);

    function fill(question, answer) {
        for (const input of inputs(question)) {
            if (input.type === 'text') {
                input.value = answer.text || '';
            } else {
                input.checked = (answer.chosen || []).includes(Number(input.value));
            }
        }
    }

    function start(form) {
        const questions = Array.from(form.querySelectorAll('.lab-pergunta'));
        const check = form.querySelector('[type=submit]');
        const again = form.querySelector('.lab-de-novo');
        const result = form.querySelector('.lab-resultado');

        function summary() {
            const total = questions.length;
            const right = questions.filter(q => q.classList.contains('certa')).length;
            const wrong = questions.filter(q => q.classList.contains('errada')).length;
            const open = total - right - wrong;
            let text = right + ' de ' + total + (right === 1 ? ' certa.' : ' certas.');
            if (open > 0) {
                text += open === 1 ? ' Falta responder 1.' : ' Falta responder ' + open + '.';
            }
            if (right === total) {
                text += ' Muito bem!';
            }
            result.textContent = text;
            check.hidden = open === 0;
            again.hidden = wrong === 0 && right < total;
            again.textContent = right === total ? 'Recomeçar'
                : wrong === 1 ? 'Tentar de novo a que errei' : 'Tentar de novo as que errei';
        }

        form.addEventListener('submit', async event => {
            event.preventDefault();
            if (form.getAttribute('aria-busy') === 'true') {
                return;
            }
            const asked = questions.filter(q => !locked(q));
            const answers = asked.map(given).filter(answer => !empty(answer));
            for (const question of asked) {
                clear(question);
                if (empty(given(question))) {
                    say(question.querySelector('.lab-veredito'), 'Sem resposta.');
                }
            }
            form.setAttribute('aria-busy', 'true');
            try {
                const results = answers.length > 0 ? await window.labQuiz.grade(form, answers) : [];
                for (const one of results) {
                    const question = questions.find(q => q.dataset.id === one.id);
                    show(question, one);
                    lock(question, true);
                }
                summary();
                if (check.hidden) {
                    again.focus();
                }
            } catch (error) {
                result.textContent = error.message;
            }
            form.setAttribute('aria-busy', 'false');
        });

        again.addEventListener('click', () => {
            const wrong = questions.filter(q => q.classList.contains('errada'));
            const back = wrong.length > 0 ? wrong : questions;
            for (const question of back) {
                clear(question);
                lock(question, false);
                fill(question, {});
            }
            check.hidden = false;
            again.hidden = true;
            result.textContent = '';
            inputs(back[0])[0].focus();
        });

        // O que já foi respondido: as certas ficam, as outras voltam.
        form.labRestore = function restore(answers) {
            for (const answer of answers) {
                const question = questions.find(q => q.dataset.id === answer.id);
                if (!question) {
                    continue;
                }
                if (answer.right) {
                    fill(question, answer);
                    show(question, answer);
                    lock(question, true);
                } else {
                    say(question.querySelector('.lab-veredito'),
                        '✘ Na última vez, ainda não. Responda de novo.');
                }
            }
            if (answers.some(answer => answer.right)) {
                summary();
            }
        };
    }

    document.querySelectorAll('.lab-quiz').forEach(start);
    return { grade: practice };
})();
