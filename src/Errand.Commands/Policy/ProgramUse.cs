namespace Errand.Commands;

/// <summary>A program that a command starts, and what it is given.</summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="FedBy">The place, in the list of all uses, of the one whose output it reads.</param>
internal sealed record ProgramUse(IReadOnlyList<ShellWord> Words, int? FedBy)
{
    /// <summary>The program, as it was written.</summary>
    public string Program => Words[0].Text;

    /// <summary>The last part of the program's path.</summary>
    public string Name { get; } = Path.GetFileName(Words[0].Text);

    /// <summary>Its words with single blanks between them, the program without its folder; a blank within a word is shown as an underscore.</summary>
    public string Text => string.Join(' ', [Name, .. Words.Skip(1).Select(Shown)]);

    private static string Shown(ShellWord word) => word.Text.Length == 0
        ? "''"
        : string.Create(word.Text.Length, word.Text, static (text, from) =>
        {
            for (int i = 0; i < from.Length; i++) text[i] = char.IsWhiteSpace(from[i]) || char.IsControl(from[i]) ? '_' : from[i];
        });
}
