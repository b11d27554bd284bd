using System.Text;

namespace Errand.Sqlite;

/// <summary>Job ids as the ASCII text in which the file has them.</summary>
internal static class JobIdText
{
    public static void Write(JobId id, Span<byte> ascii)
    {
        Span<char> text = stackalloc char[JobId.TextLength];
        id.TryFormat(text, out _, default, null);
        Encoding.ASCII.GetBytes(text, ascii);
    }

    public static JobId Read(ReadOnlySpan<byte> ascii)
    {
        Span<char> text = stackalloc char[JobId.TextLength];
        return ascii.Length == JobId.TextLength && JobId.TryParse(text[..Encoding.ASCII.GetChars(ascii, text)], out var id)
            ? id
            : throw new StoreRefusedException(
                $"The store has '{Encoding.UTF8.GetString(ascii)}' where a job id should be: something else has written to it.");
    }
}
