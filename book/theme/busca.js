// O mdBook indexa em inglês: aqui o índice é refeito na página, sem acentos e
// sem plurais, para que «notificacao» e «notificações» achem «notificação».
'use strict';

(function portugueseSearch() {
    if (typeof elasticlunr === 'undefined') {
        return;
    }

    function fold(word) {
        return word.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '')
            .replace(/^[^a-z0-9$]+|[^a-z0-9]+$/g, '');
    }

    // Só plurais: o resto das terminações muda o sentido mais do que ajuda.
    const endings = [
        [/(c|s)oes$/, '$1ao'], [/oes$/, 'ao'], [/aes$/, 'ao'], [/eis$/, 'el'], [/ais$/, 'al'],
        [/ois$/, 'ol'], [/ns$/, 'm'], [/([rz])es$/, '$1'], [/([aeou])s$/, '$1'],
    ];

    function stem(word) {
        const folded = fold(word);
        if (folded.length < 4) {
            return folded;
        }
        const ending = endings.find(pair => pair[0].test(folded));
        return ending ? folded.replace(ending[0], ending[1]) : folded;
    }

    const common = new Set(('a as o os um uma uns umas de da do das dos em na no nas nos e ou que '
        + 'com por para pela pelo se').split(' '));

    function token(word) {
        const stemmed = stem(word);
        return common.has(stemmed) ? '' : stemmed;
    }
    elasticlunr.Pipeline.registerFunction(token, 'portugues');
    // Os trechos do resultado destacam as palavras com a mesma função.
    elasticlunr.stemmer = stem;

    elasticlunr.Index.load = function(data) {
        const index = new elasticlunr.Index();
        index.pipeline.add(token);
        index.setRef(data.ref);
        data.fields.forEach(field => index.addField(field));
        const docs = data.documentStore.docs;
        for (const ref of Object.keys(docs)) {
            index.addDoc(docs[ref], false);
        }
        return index;
    };
})();
