using System.Text.Json;

namespace Errand.Mcp;

/// <summary>Answers of clients to questions of jobs.</summary>
internal static class JobAnswers
{
    /// <summary>
    /// Answers a question, if it is still open. The first answer wins, and one that nobody waits for is ignored, as the protocol asks.
    /// </summary>
    public static async ValueTask TryAnswerAsync(this IJobClient jobs, JobId id, string key, JsonElement answer, string by)
    {
        try { await jobs.AnswerAsync(id, key, JobData.From(answer, JobAnswerJson.Default.JsonElement), by, CancellationToken.None); }
        catch (InputNotExpectedException)
        {
            // It was answered elsewhere, or never asked.
        }
    }
}
