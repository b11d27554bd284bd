using System.CommandLine;

namespace Errand.Cli;

/// <summary>The options that every command has.</summary>
internal static class GlobalOptions
{
    public static Option<string?> Data { get; } = new("--data")
    {
        Description = "The data folder. Default: $ERRAND_DATA, else ~/.local/state/errand.", HelpName = "FOLDER", Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON.", Recursive = true };

    public static DataFolder DataFolder(this ParseResult parsed) => Cli.DataFolder.Find(parsed.GetValue(Data));

    public static bool IsJson(this ParseResult parsed) => parsed.GetValue(Json);
}
