using System.Text;

namespace Errand.Commands;

internal sealed partial class ShellLineReader
{
    /// <summary>Reads a word up to what ends one. The commands in its substitutions are added to the list.</summary>
    private ShellWord ReadWord()
    {
        var text = new StringBuilder();
        bool isKnown = true;
        while (!IsAtEnd)
            switch (Now)
            {
                case ' ' or '\t' or '\r' or '\n' or ';' or '&' or '|' or '<' or '>' or '(' or ')':
                    return new(text.ToString(), isKnown);
                case '\\':
                    if (Next is not ('\n' or '\0')) text.Append(Next);
                    _at = Math.Min(_text.Length, _at + 2);
                    break;
                case '\'':
                    ReadQuoted(text);
                    break;
                case '"':
                    isKnown &= ReadDoubleQuoted(text);
                    break;
                case '$' or '`':
                    isKnown &= ReadExpansion(text, isQuoted: false);
                    break;
                default:
                    // Names of files take the place of a pattern, and several words that of braces; "{}" is only itself.
                    isKnown &= Now is not ('*' or '?') && (Now != '[' || (text.ToString() is "" or "[" && Next is '[' or ' ' or '\0'))
                        && (Now != '{' || Next is '}' or ' ' or '\0') && (Now != '~' || text.Length > 0);
                    text.Append(Now);
                    _at++;
                    break;
            }
        return new(text.ToString(), isKnown);
    }

    private void ReadQuoted(StringBuilder text)
    {
        int end = _text.IndexOf('\'', _at + 1);
        if (end < 0) Give("a quote that is not closed");
        text.Append(_text.AsSpan(_at + 1, (end < 0 ? _text.Length : end) - _at - 1));
        _at = end < 0 ? _text.Length : end + 1;
    }

    private bool ReadDoubleQuoted(StringBuilder text)
    {
        bool isKnown = true;
        _at++;
        while (!IsAtEnd)
            switch (Now)
            {
                case '"':
                    _at++;
                    return isKnown;
                case '\\' when Next is '$' or '`' or '"' or '\\' or '\n':
                    if (Next != '\n') text.Append(Next);
                    _at += 2;
                    break;
                case '$' or '`':
                    isKnown &= ReadExpansion(text, isQuoted: true);
                    break;
                default:
                    text.Append(Now);
                    _at++;
                    break;
            }
        Give("a quote that is not closed");
        return isKnown;
    }

    /// <summary>Reads what begins with a dollar or a backquote; in the word it stands as it was written.</summary>
    /// <returns>Whether the word is still known, because it was no expansion.</returns>
    private bool ReadExpansion(StringBuilder text, bool isQuoted)
    {
        if (!Enter()) return false;
        bool isExpansion = ReadEntered(text, isQuoted);
        _nesting--;
        return !isExpansion;
    }

    private bool ReadEntered(StringBuilder text, bool isQuoted)
    {
        int start = _at;
        if (Now == '`')
        {
            ReadBackquoted();
        }
        else
        {
            _at++;
            switch (Now)
            {
                case '(':
                    if (Next == '(') Give("arithmetic");
                    _at++;
                    ReadList(')', null);
                    break;
                case '{':
                    ReadBraces();
                    break;
                case '\'' when !isQuoted:
                    ReadEscapedQuote();
                    break;
                case '"' when !isQuoted:
                    return !ReadDoubleQuoted(text);
                case '@' or '*' or '#' or '?' or '-' or '$' or '!' or (>= '0' and <= '9'):
                    _at++;
                    break;
                default:
                    int name = NameLength(_text.AsSpan(_at));
                    _at += name;
                    if (name > 0) break;
                    text.Append('$');
                    return false;
            }
        }
        text.Append(_text.AsSpan(start, _at - start));
        return true;
    }

    private void ReadBackquoted()
    {
        var inner = new StringBuilder();
        for (_at++; !IsAtEnd && Now != '`'; _at++)
        {
            if (Now == '\\' && Next is '`' or '\\' or '$') _at++;
            inner.Append(Now);
        }
        if (IsAtEnd) Give("a backquote that is not closed");
        else _at++;
        ReadInner(inner.ToString(), reader => reader.ReadList(null, null));
    }

    private void ReadBraces()
    {
        var ignored = new StringBuilder();
        for (_at++; !IsAtEnd && Now != '}';)
            switch (Now)
            {
                case '\\':
                    _at = Math.Min(_text.Length, _at + 2);
                    break;
                case '\'':
                    ReadQuoted(ignored);
                    break;
                case '"':
                    ReadDoubleQuoted(ignored);
                    break;
                case '$' or '`':
                    ReadExpansion(ignored, isQuoted: false);
                    break;
                default:
                    _at++;
                    break;
            }
        if (IsAtEnd) Give("a brace that is not closed");
        else _at++;
    }

    private void ReadEscapedQuote()
    {
        for (_at++; !IsAtEnd && Now != '\''; _at++)
            if (Now == '\\') _at++;
        if (IsAtEnd) Give("a quote that is not closed");
        _at = Math.Min(_text.Length, _at + 1);
    }

    /// <summary>Reads where input comes from or output goes to. What a substitution has there is a word of the command.</summary>
    private void ReadRedirection(List<ShellWord> words)
    {
        int start = _at;
        if (Next == '(' && Now is '<' or '>')
        {
            _at += 2;
            ReadList(')', null);
            words.Add(new(_text[start.._at], false));
            return;
        }
        while (Now is '<' or '>' or '&' or '|' && _at - start < 3) _at++;
        string sign = _text[start.._at];
        bool isDocument = sign == "<<", stripsTabs = isDocument && Now == '-';
        if (stripsTabs) _at++;
        SkipBlanks();
        int target = _at;
        var word = ReadWord();
        if (isDocument) _documents.Add(new(word.Text, _text.AsSpan(target, _at - target).ContainsAny("'\"\\"), stripsTabs));
    }

    private void ReadDocuments()
    {
        foreach (var document in _documents)
        {
            var body = new StringBuilder();
            while (!IsAtEnd)
            {
                int end = _text.IndexOf('\n', _at);
                string line = end < 0 ? _text[_at..] : _text[_at..end];
                _at = end < 0 ? _text.Length : end + 1;
                if ((document.StripsTabs ? line.TrimStart('\t') : line) == document.End) break;
                body.Append(line).Append('\n');
            }
            if (!document.IsQuoted) ReadInner(body.ToString(), reader => reader.ReadExpansions());
        }
        _documents.Clear();
    }

    private void ReadExpansions()
    {
        var ignored = new StringBuilder();
        while (!IsAtEnd)
            if (Now == '\\') _at = Math.Min(_text.Length, _at + 2);
            else if (Now is '$' or '`') ReadExpansion(ignored, isQuoted: true);
            else _at++;
    }

    private void ReadInner(string text, Action<ShellLineReader> read)
    {
        var inner = new ShellLineReader(text, _nesting, _commands);
        read(inner);
        if (inner._unknown is { } unknown) Give(unknown);
    }
}
