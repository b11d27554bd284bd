namespace Errand.Commands;

/// <summary>
/// Reads a shell line for the programs in it. It knows quotes, lists, pipes, subshells, substitutions, redirections, here-documents, loops and
/// conditions. What it does not know (functions, case, arithmetic with commands in it) it says, and reads on as well as it can.
/// </summary>
internal sealed partial class ShellLineReader
{
    private const int MaxNesting = 40;

    private readonly string _text;
    private readonly List<ShellCommand> _commands;
    private readonly List<HereDocument> _documents = [];
    private int _at;
    private int _nesting;
    private string? _unknown;

    private ShellLineReader(string text, int nesting, List<ShellCommand> commands)
    {
        _text = text;
        _nesting = nesting;
        _commands = commands;
    }

    private char Now => _at < _text.Length ? _text[_at] : '\0';

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private bool IsAtEnd => _at >= _text.Length;

    /// <summary>Reads a line, or a script of many.</summary>
    public static ShellLine Read(string text)
    {
        var reader = new ShellLineReader(text, 0, []);
        reader.ReadList(null, null);
        return new(reader._commands, reader._unknown);
    }

    /// <summary>Reads commands up to a closing parenthesis, or the end.</summary>
    private void ReadList(char? end, int? fedBy)
    {
        if (!Enter()) return;
        var words = new List<ShellWord>();
        for (bool isOpen = true; isOpen;)
        {
            SkipBlanks();
            switch (Now)
            {
                case '\0' when IsAtEnd:
                    Flush(words, ref fedBy);
                    if (end is not null) Give("a parenthesis that is not closed");
                    isOpen = false;
                    break;
                case '#':
                    while (!IsAtEnd && Now != '\n') _at++;
                    break;
                case '\n':
                    _at++;
                    Flush(words, ref fedBy);
                    ReadDocuments();
                    break;
                case ';':
                    _at++;
                    Flush(words, ref fedBy);
                    break;
                case '&' when Next == '>':
                    _at++;
                    ReadRedirection(words);
                    break;
                case '&':
                    _at += Next == '&' ? 2 : 1;
                    Flush(words, ref fedBy);
                    break;
                case '|' when Next == '|':
                    _at += 2;
                    Flush(words, ref fedBy);
                    break;
                case '|':
                    _at += Next == '&' ? 2 : 1;
                    Flush(words, ref fedBy);
                    fedBy = _commands.Count > 0 ? _commands.Count - 1 : null;
                    break;
                case '(':
                    ReadParenthesis(words, ref fedBy);
                    break;
                case ')':
                    _at++;
                    Flush(words, ref fedBy);
                    isOpen = end != ')';
                    if (isOpen) Give("a parenthesis that closes nothing");
                    break;
                case '<' or '>':
                    ReadRedirection(words);
                    break;
                default:
                    ReadPart(words);
                    break;
            }
        }
        _nesting--;
    }

    // What is nested so deep that it could exhaust the stack is not read.
    private bool Enter()
    {
        if (++_nesting <= MaxNesting) return true;
        Give("parts in parts, too deep to follow");
        _at = _text.Length;
        _nesting--;
        return false;
    }

    private void ReadParenthesis(List<ShellWord> words, ref int? fedBy)
    {
        if (words.Count > 0)
        {
            Give("a function");
            words.Clear();
        }
        else if (Next == '(')
        {
            Give("arithmetic");
        }
        _at++;
        ReadList(')', fedBy);
        fedBy = null;
    }

    private void Flush(List<ShellWord> words, ref int? fedBy)
    {
        if (words.Count > 0) _commands.Add(new([.. words], fedBy));
        // A pipe may go on after a newline or a word such as "while"; then nothing has been read since.
        if (words.Count > 0) fedBy = null;
        words.Clear();
    }

    /// <summary>Reads a word: of a command, of the shell's own, or an assignment before a command.</summary>
    private void ReadPart(List<ShellWord> words)
    {
        int start = _at;
        var word = ReadWord();
        bool isPlain = word.IsKnown && word.Text.Length == _at - start;
        if (word.IsKnown && Now is '<' or '>' && word.Text.All(char.IsAsciiDigit) && isPlain) return;
        if (words.Count > 0)
        {
            words.Add(word);
            return;
        }
        if (isPlain && ReadReserved(word.Text)) return;
        int name = NameLength(_text.AsSpan(start));
        if (name > 0 && _text.AsSpan(start + name) is ['=', ..] or ['+', '=', ..])
        {
            if (Now == '(') Give("a list of values");
            if (CommandPrograms.ChangesSearch(_text.AsSpan(start))) Give(CommandPrograms.ChangeOfSearch);
            return;
        }
        words.Add(word);
    }

    private bool ReadReserved(string word)
    {
        switch (word)
        {
            case "if" or "then" or "elif" or "else" or "fi" or "while" or "until" or "do" or "done" or "!" or "{" or "}" or "esac":
                return true;
            case "for" or "select":
                ReadLoop();
                return true;
            case "case":
                SkipBlanks();
                ReadWord();
                SkipBlanks();
                ReadWord();
                Give("case");
                return true;
            case "function":
                SkipBlanks();
                ReadWord();
                if (Now == '(' && Next == ')') _at += 2;
                Give("a function");
                return true;
            case "coproc":
                Give("coproc");
                return true;
            case "[[":
                ReadCondition();
                return true;
            default:
                return false;
        }
    }

    private void ReadLoop()
    {
        SkipBlanks();
        if (Now == '(') return;
        ReadWord();
        SkipBlanks();
        while (Now == '\n')
        {
            _at++;
            SkipBlanks();
        }
        while (!IsAtEnd && Now is not (';' or '\n' or '&' or '|' or '(' or ')' or '<' or '>'))
        {
            int start = _at;
            if (ReadWord().Text == "do" && _at - start == "do".Length) return;
            SkipBlanks();
        }
    }

    private void ReadCondition()
    {
        while (!IsAtEnd)
        {
            SkipBlanks();
            int start = _at;
            var word = ReadWord();
            if (word.Text == "]]" && word.IsKnown) return;
            // An operator of the condition.
            if (_at == start && !IsAtEnd) _at++;
        }
        Give("[[ that is not closed");
    }

    private void SkipBlanks()
    {
        while (Now is ' ' or '\t' or '\r' || (Now == '\\' && Next == '\n')) _at += Now == '\\' ? 2 : 1;
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0])) return 0;
        int length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_')) length++;
        return length;
    }

    private void Give(string unknown) => _unknown ??= unknown;

    private readonly record struct HereDocument(string End, bool IsQuoted, bool StripsTabs);
}
