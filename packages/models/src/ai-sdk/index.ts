export { type AiSdkModelsOptions, createAiSdkModels } from './models.js';
