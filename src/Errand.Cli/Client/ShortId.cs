using Errand.Mcp.Wire;

namespace Errand.Cli;

/// <summary>Ids as people type them: a unique start of the id, or of its random part, of which lists show the first eight characters.</summary>
internal static class ShortId
{
    private const int TimeLength = 10;
    private const int ShownLength = 8;
    private const int ShortestPrefix = 4;

    public static string Of(string id) => id.Length == JobId.TextLength ? id.Substring(TimeLength, ShownLength) : id;

    /// <summary>The whole id.</summary>
    public static async Task<string> ResolveAsync(ServerConnection server, string text, CancellationToken cancellationToken)
    {
        text = text.ToLowerInvariant();
        if (JobId.TryParse(text, out _)) return text;
        if (text.Length is < ShortestPrefix or > JobId.TextLength)
            throw new CliException(
                ExitCodes.Usage, $"'{text}' is not an id. Give an id from 'errand ls', or at least its first {ShortestPrefix} characters.");
        List<WireJob> found = [];
        for (string query = $"owner=*&limit={JobQuery.MaxLimit}", cursor = ""; ;)
        {
            var page = (await server.ListAsync(query + cursor, cancellationToken)).Value;
            found.AddRange(page.Items.Where(job => IsMeant(job.Id, text)));
            if (page.Next is null) break;
            cursor = $"&cursor={page.Next}";
        }
        return found switch
        {
            [var job] => job.Id,
            [] => throw new CliException(ExitCodes.NotFound, $"No job has an id that starts with '{text}'. See 'errand ls'."),
            _ => throw new CliException(
                ExitCodes.Usage, $"'{text}' means {found.Count} jobs, such as {found[0].Id} and {found[1].Id}. Give more of the id."),
        };
    }

    private static bool IsMeant(string id, string text) =>
        id.StartsWith(text, StringComparison.Ordinal) || id.AsSpan(TimeLength).StartsWith(text, StringComparison.Ordinal);
}
