// As perguntas de um lab. As respostas estão no livro como somas, e as razões
// embaralhadas: quem lê a página não as vê antes de responder. O mesmo cálculo
// está em runner/src/book/seal.rs; uma soma mais forte não esconderia mais,
// porque dá para tentar todas as opções, e esta funciona em qualquer endereço.
'use strict';

(function quizzes() {
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

    function given(question) {
        if (question.dataset.tipo === 'curta') {
            return fold(question.querySelector('input').value);
        }
        return Array.from(question.querySelectorAll('input:checked'), i => i.value).join(',');
    }

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

    function judge(question) {
        clear(question);
        const id = question.dataset.id;
        const answer = given(question);
        if (answer === '') {
            say(question.querySelector('.lab-veredito'), 'Sem resposta.');
            return null;
        }
        const key = id + '\n' + answer;
        const found = question.dataset.certas.split(' ')
            .map(pair => pair.split(':')).find(pair => pair[0] === hash(key));
        for (const input of question.querySelectorAll('.lab-opcao input:checked')) {
            const reason = input.closest('.lab-opcao').querySelector('.lab-razao');
            say(reason, open(reason.dataset.razao, id + '\n?' + input.value));
        }
        question.classList.add(found ? 'certa' : 'errada');
        const several = question.dataset.tipo === 'varias';
        say(question.querySelector('.lab-veredito'), found
            ? '<strong>✔ Certo.</strong> ' + open(found[1], key)
            : '<strong>✘ Ainda não.</strong>' + (several
                ? ' Falta alguma opção, ou há uma a mais.' : ''));
        return Boolean(found);
    }

    function lock(question, locked) {
        for (const input of question.querySelectorAll('input')) {
            input.disabled = locked;
        }
    }

    function start(form) {
        const questions = Array.from(form.querySelectorAll('.lab-pergunta'));
        const check = form.querySelector('[type=submit]');
        const again = form.querySelector('.lab-de-novo');
        const result = form.querySelector('.lab-resultado');

        form.addEventListener('submit', event => {
            event.preventDefault();
            let right = 0, empty = 0;
            for (const question of questions) {
                const verdict = judge(question);
                right += verdict ? 1 : 0;
                empty += verdict === null ? 1 : 0;
                lock(question, verdict !== null);
            }
            const total = questions.length;
            const wrong = total - right - empty;
            let text = right + ' de ' + total + (right === 1 ? ' certa.' : ' certas.');
            if (empty > 0) {
                text += empty === 1 ? ' Falta responder 1.' : ' Falta responder ' + empty + '.';
            }
            if (right === total) {
                text += ' Muito bem!';
            }
            result.textContent = text;
            check.hidden = empty === 0;
            again.hidden = wrong === 0 && right < total;
            again.textContent = right === total ? 'Recomeçar'
                : wrong === 1 ? 'Tentar de novo a que errei' : 'Tentar de novo as que errei';
            if (check.hidden) {
                again.focus();
            }
        });

        again.addEventListener('click', () => {
            const wrong = questions.filter(q => q.classList.contains('errada'));
            const back = wrong.length > 0 ? wrong : questions;
            for (const question of back) {
                clear(question);
                lock(question, false);
                for (const input of question.querySelectorAll('input')) {
                    if (input.type === 'text') {
                        input.value = '';
                    } else {
                        input.checked = false;
                    }
                }
            }
            check.hidden = false;
            again.hidden = true;
            result.textContent = '';
            back[0].querySelector('input').focus();
        });
    }

    document.querySelectorAll('.lab-quiz').forEach(start);
})();
