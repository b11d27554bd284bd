using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Errand.Chaos.Tests.Worker;

/// <summary>Inputs and results as the workers write them.</summary>
internal static class ChaosJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static T Read<T>(JobData data) => data.As((JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T)))!;

    public static JobData Write<T>(T value) => JobData.From(value, (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T)));
}
